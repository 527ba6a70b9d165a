import type { PersonalTag } from '#avro/personal-data.ts';
import type { ActualColumn } from '#snowflake/live-state.ts';
import type { MaskingPolicy } from '#snowflake/protection.ts';
import type { Table } from '#snowflake/table.ts';
import type { View } from '#snowflake/views.ts';

/** What a statement does, as data: enough to write the statement, and to say what the warehouse looks like after it. */
export type Edit =
  | { readonly kind: 'create-database' }
  | { readonly kind: 'create-schema' }
  | { readonly kind: 'create-table'; readonly table: Table }
  | {
      readonly kind: 'rename-column';
      readonly table: string;
      readonly column: string;
      readonly to: string;
    }
  | {
      readonly kind: 'add-column';
      readonly table: string;
      readonly column: string;
      readonly as: ActualColumn;
    }
  | { readonly kind: 'widen-column'; readonly table: string; readonly column: string; readonly sql: string }
  | { readonly kind: 'fill-column'; readonly table: string; readonly column: string; readonly value: string }
  | { readonly kind: 'set-not-null'; readonly table: string; readonly column: string }
  | { readonly kind: 'drop-not-null'; readonly table: string; readonly column: string }
  | {
      readonly kind: 'comment-column';
      readonly table: string;
      readonly column: string;
      readonly comment: string | null;
    }
  | { readonly kind: 'comment-table'; readonly table: string; readonly comment: string }
  | { readonly kind: 'drop-column'; readonly table: string; readonly column: string }
  | { readonly kind: 'replace-view'; readonly view: View }
  | { readonly kind: 'create-tag' }
  | { readonly kind: 'create-policy' | 'set-policy-body'; readonly policy: MaskingPolicy }
  | { readonly kind: 'drop-policy'; readonly policy: string }
  | {
      readonly kind: 'mask-column';
      readonly table: string;
      readonly column: string;
      readonly policy: MaskingPolicy;
    }
  | { readonly kind: 'unmask-column' | 'untag-column'; readonly table: string; readonly column: string }
  | {
      readonly kind: 'tag-column';
      readonly table: string;
      readonly column: string;
      readonly tag: PersonalTag;
    };

/**
 * `safe` loses nothing and cannot fail for what the rows hold; `needs-data` reads or writes rows, so they are looked at
 * first; `destructive` takes something away and needs `--allow`.
 */
export type ChangeClass = 'safe' | 'needs-data' | 'destructive';

/** What `--allow` has to name before a destructive change of this kind runs. */
export function allowanceFor(kind: Edit['kind'], object: string): string {
  return kind === 'drop-column' ? `drop:${object}` : `unmask:${object.split('.')[0]}`;
}

/** A question to the rows before a statement runs. */
export interface Probe {
  /** Gives one row: how many rows there are, and then the number that is asked for. */
  readonly sql: string;
  /** What the number counts: `rows without a value`. */
  readonly counts: string;
  /** True if the statement fails unless the number is 0. */
  readonly mustBeZero: boolean;
}

/** One statement that brings the warehouse nearer to the contracts. */
export interface Change {
  readonly edit: Edit;
  readonly class: ChangeClass;
  readonly sql: string;
  /** `TABLE`, `TABLE.COLUMN`, or the name of a view, a schema or a database. */
  readonly object: string;
  /** One line for people: what it does. */
  readonly description: string;
  /** Why it is needed. */
  readonly reason: string;
  readonly probe: Probe | null;
}

/** What no statement of a plan does, and what a person can do about it. */
export interface Refusal {
  readonly object: string;
  readonly reason: string;
  readonly wayOut: string;
}

/** Something that a person may want to know and that needs no statement. */
export interface Note {
  readonly object: string;
  readonly text: string;
  readonly probe: Probe | null;
}

export interface PlanOptions {
  /** What may be taken away: `drop:TABLE.COLUMN` for a column, `unmask:TABLE` for the masks of a table. */
  readonly allow: ReadonlySet<string>;
  /** `TABLE.COLUMN` of columns that were dropped on purpose, and so are not added again. */
  readonly dropped: ReadonlySet<string>;
  /** Leaves NOT NULL for a later run: rows that lack the values may still be on their way. */
  readonly deferNotNull: boolean;
}

export const PLAN_DEFAULTS: PlanOptions = {
  allow: new Set(),
  dropped: new Set(),
  deferNotNull: false,
};

/** Makes a change out of an edit; what every part of the planner does last. */
export type MakeChange = (
  edit: Edit,
  facts: {
    readonly object: string;
    readonly description: string;
    readonly reason: string;
    readonly class?: ChangeClass;
    readonly probe?: Probe;
  },
) => Change;
