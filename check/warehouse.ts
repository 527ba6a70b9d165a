import type { Place } from '#check/diff/change.ts';
import { upperSnake } from '#contract/warehouse-names.ts';

/** What a change does to the table. */
export interface WarehouseEffect {
  /** What `zoner snowflake plan` would print for it; none where the column stays as it is. */
  readonly statements: readonly string[];
  /** Set where Snowflake cannot change the column: why, and what happens instead. */
  readonly impossibleInPlace: { readonly reason: string; readonly wayOut: string } | null;
}

export const NO_EFFECT: WarehouseEffect = { statements: [], impossibleInPlace: null };

/** A statement of the planner, and what it is about: `TABLE.COLUMN` or the name of a view. */
export interface PlannedStatement {
  readonly sql: string;
  readonly object: string;
  readonly kind: string;
}

/** What the planner says of the step from the versions before to the working tree. */
export interface WarehousePlan {
  readonly changes: readonly PlannedStatement[];
  readonly impossibleInPlace: readonly {
    readonly object: string;
    readonly field: string;
    readonly reason: string;
    readonly wayOut: string;
  }[];
}

/**
 * The part of a plan that belongs to one change: the statements on the column of its field. What stands inside of a
 * field's value is inside of a VARIANT, which takes any. Comments belong to changes of the documentation.
 */
export function warehouseEffect(
  change: Pick<Place, 'rootField' | 'nested'> & { readonly rule: string },
  table: string,
  plan: WarehousePlan,
): WarehouseEffect {
  const { rootField, nested, rule } = change;
  if (rootField === null || nested) return NO_EFFECT;
  const impossible = plan.impossibleInPlace.find(({ field }) => field === rootField) ?? null;
  const column = `${table}.${upperSnake(rootField)}`;
  const isMine = ({ object, kind }: PlannedStatement): boolean => {
    const mine = object === column || (impossible !== null && object.startsWith(`${column}_`));
    return mine && (kind === 'comment-column') === (rule === 'DOC_CHANGED');
  };
  const statements = TOUCHES_COLUMN.has(rule) ? plan.changes.filter(isMine).map(({ sql }) => sql) : [];
  const typed = TOUCHES_TYPE.test(rule);
  return {
    statements,
    impossibleInPlace:
      impossible !== null && typed ? { reason: impossible.reason, wayOut: impossible.wayOut } : null,
  };
}

const TOUCHES_TYPE = /^(TYPE_|STRING_|LOSSY_|UNION_|DECIMAL_|TIMESTAMP_|LOGICAL_|UUID_|FIXED_)/;

/** Two changes of one field share its statements; changes that no column sees have none. */
const TOUCHES_COLUMN = {
  has: (rule: string): boolean =>
    TOUCHES_TYPE.test(rule) || /^(FIELD_(ADDED|REMOVED|RENAMED)|MADE_|DOC_)/.test(rule),
};
