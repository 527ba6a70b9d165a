import type { Listing } from '#snowflake/local/policy-views.ts';
import { type RowType, rowTypes } from '#snowflake/local/result-format.ts';
import { TYPES } from '#snowflake/local/sql-type.ts';

export interface StatementAnswer {
  readonly columns: readonly RowType[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** What kind of statement it was, for the driver's count of rows. */
  readonly statement: 'query' | 'insert' | 'update' | 'delete' | 'merge' | 'other';
}

export function listing({ columns, rows }: Listing): StatementAnswer {
  const types = columns.map((name) => ({ name, type: TYPES.text, physical: '' }));
  return { columns: rowTypes(types), rows, statement: 'query' };
}

export function message(text: string): StatementAnswer {
  return {
    columns: rowTypes([{ name: 'status', type: TYPES.text, physical: '' }]),
    rows: [[text]],
    statement: 'other',
  };
}

export function counts(
  statement: StatementAnswer['statement'],
  numbers: Readonly<Record<string, number>>,
): StatementAnswer {
  const columns = rowTypes(Object.keys(numbers).map((name) => ({ name, type: TYPES.integer, physical: '' })));
  return { columns, rows: [Object.values(numbers).map(String)], statement };
}
