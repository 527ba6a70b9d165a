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

/** The view with the records of one kind: `USER_ACTIVITY`, `SleepSession` -> `USER_ACTIVITY_SLEEP_SESSION`. */
export function kindView(table: string, kind: string): string {
  return `${table}_${upperSnake(kind)}`;
}
