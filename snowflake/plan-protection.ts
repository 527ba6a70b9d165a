import type { Change, MakeChange, Note } from '#snowflake/change.ts';
import { policyText } from '#snowflake/fingerprints.ts';
import type { ActualColumn, ActualProtection, ActualTable } from '#snowflake/live-state.ts';
import { type Place, qualified } from '#snowflake/names.ts';
import { type MaskingPolicy, PERSONAL, policyNames, type TableProtection } from '#snowflake/protection.ts';

export interface ProtectionPlan {
  /** The bodies of policies that are there: they decide who can read what the next statements look at. */
  readonly first: readonly Change[];
  /** Once all columns are there. */
  readonly last: readonly Change[];
  readonly notes: readonly Note[];
}

interface Context {
  readonly table: string;
  readonly place: Place;
  readonly make: MakeChange;
}

/**
 * What masks the columns of a table, and unmasks them where the contract has been switched off. A column that somebody
 * else masks is left as it is. Pure.
 * @param wanted null: the contract asks for nothing
 * @param columns as they are once the table's own changes are made
 * @param hasTag whether the tag is there by then
 */
export function planProtection(
  context: Context,
  wanted: TableProtection | null,
  columns: ActualTable['columns'],
  actual: ActualProtection,
  hasTag: boolean,
): ProtectionPlan {
  const { place, make, table } = context;
  const first: Change[] = [];
  const last: Change[] = [];
  const notes: Note[] = [];
  const own = new Set(policyNames(table).map((name) => qualified(place, name)));
  const needed = new Map<string, MaskingPolicy>();
  for (const column of columns) {
    const policy = wanted?.columns.get(column.name)?.policy;
    if (policy === undefined) continue;
    if (column.policy === null || own.has(column.policy)) needed.set(policy.name, policy);
    else notes.push(maskedElsewhere(table, column));
  }
  if (wanted !== null && wanted.columns.size > 0 && !hasTag) {
    const description = `create tag ${PERSONAL}`;
    last.push(make({ kind: 'create-tag' }, { object: PERSONAL, description, reason: 'it is missing' }));
  }
  for (const policy of needed.values()) {
    const before = actual.policies.get(policy.name);
    if (before === undefined) last.push(createPolicy(context, policy));
    else if (policyText(['', before]) !== policyText(['', policy.body])) first.push(setBody(context, policy));
  }
  for (const column of columns) last.push(...planColumn(context, wanted, column, own));
  for (const name of wanted === null ? policyNames(table) : []) {
    if (!actual.policies.has(name)) continue;
    const facts = { object: table, description: `drop masking policy ${name}`, reason: OFF };
    last.push(make({ kind: 'drop-policy', policy: name }, { ...facts, class: 'destructive' }));
  }
  return { first, last, notes };
}

const OFF = 'the contract asks for no protection any more';

function maskedElsewhere(table: string, { name, policy }: ActualColumn): Note {
  const object = `${table}.${name}`;
  return { object, text: `${object} is masked by ${policy}, which is left as it is`, probe: null };
}

function createPolicy({ make, table }: Context, policy: MaskingPolicy): Change {
  const description = `create masking policy ${policy.name}`;
  const reason = 'it is missing, or this role may not see it';
  return make({ kind: 'create-policy', policy }, { object: table, description, reason });
}

function setBody({ make, table }: Context, policy: MaskingPolicy): Change {
  const description = `change who reads through masking policy ${policy.name}`;
  return make(
    { kind: 'set-policy-body', policy },
    { object: table, description, reason: 'the contract names other readers' },
  );
}

function planColumn(
  { table, make }: Context,
  wanted: TableProtection | null,
  column: ActualColumn,
  own: ReadonlySet<string>,
): readonly Change[] {
  const object = `${table}.${column.name}`;
  const at = { table, column: column.name };
  const changes: Change[] = [];
  const asked = wanted?.columns.get(column.name);
  if (asked !== undefined) {
    const { policy, tag } = asked;
    const reason = `the contract tags it as ${tag}`;
    if (column.policy === null)
      changes.push(
        make(
          { kind: 'mask-column', ...at, policy },
          { object, description: `mask column ${object}`, reason },
        ),
      );
    if (column.tag !== tag)
      changes.push(
        make(
          { kind: 'tag-column', ...at, tag },
          { object, description: `tag column ${object} as ${tag}`, reason },
        ),
      );
    return changes;
  }
  const facts = { object, reason: OFF, class: 'destructive' } as const;
  if (column.policy !== null && own.has(column.policy))
    changes.push(
      make({ kind: 'unmask-column', ...at }, { ...facts, description: `unmask column ${object}` }),
    );
  if (column.tag !== null)
    changes.push(
      make({ kind: 'untag-column', ...at }, { ...facts, description: `take the tag from column ${object}` }),
    );
  return changes;
}
