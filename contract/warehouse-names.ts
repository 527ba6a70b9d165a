import type { RecordSchema } from '#avro/model.ts';
import { unionForm } from '#avro/union-form.ts';

/**
 * The names that a contract takes in the warehouse. They follow from the contract alone, and both lint, which knows no
 * warehouse, and the warehouse's own room need them.
 */

/** `occurredAtLocal` -> `OCCURRED_AT_LOCAL`, `HTTPStatus` -> `HTTP_STATUS`. */
export function upperSnake(name: string): string {
  return name
    .replace(/([\p{Ll}\p{Nd}])(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toUpperCase();
}

/** Columns of every table besides those of the contract's fields: a row's identity, and where it came from. */
export const METADATA_COLUMNS = [
  '_TOPIC',
  '_PARTITION',
  '_OFFSET',
  '_TIMESTAMP',
  '_KEY',
  '_HEADERS',
  '_SCHEMA_ID',
  '_VALUE_SHA256',
  '_LOADED_AT',
] as const;

/** The view with the latest row of each `id`. */
export function currentView(table: string): string {
  return `${table}_CURRENT`;
}

export interface KindView {
  readonly name: string;
  /** The field whose union has the record as a branch. */
  readonly field: string;
  readonly record: RecordSchema;
}

/**
 * The views with the records of one kind each: `USER_ACTIVITY`, `SleepSession` -> `USER_ACTIVITY_SLEEP_SESSION`. A
 * second union with the same kind has its field in the name, so that the first view keeps its own.
 */
export function kindViews(table: string, root: RecordSchema): readonly KindView[] {
  const views: KindView[] = [];
  const taken = new Set([table, currentView(table)]);
  for (const { name: field, schema } of root.fields) {
    const union = schema.type === 'union' ? unionForm(schema) : null;
    if (union?.form !== 'records') continue;
    for (const record of union.kinds.values()) {
      const name = kindViewName(table, upperSnake(field), record.name, taken);
      taken.add(name);
      views.push({ name, field, record });
    }
  }
  return views;
}

/** The view of one kind of a column; where another view has the name, that of the column stands in it. */
export function kindViewName(
  table: string,
  column: string,
  kind: string,
  taken: ReadonlySet<string>,
): string {
  const short = `${table}_${upperSnake(kind)}`;
  return taken.has(short) ? `${table}_${column}_${upperSnake(kind)}` : short;
}
