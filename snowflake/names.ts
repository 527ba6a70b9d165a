/** Snowflake names are always quoted: nothing is reserved then, and nothing is folded. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A SQL text literal. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** `occurredAtLocal` -> `OCCURRED_AT_LOCAL`, `HTTPStatus` -> `HTTP_STATUS`. */
export function upperSnake(name: string): string {
  return name
    .replace(/([\p{Ll}\p{Nd}])(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toUpperCase();
}

/** Where tables stand. */
export interface Place {
  readonly database: string;
  readonly schema: string;
}

/** `"DB"."SCHEMA"."TABLE"`. */
export function qualified({ database, schema }: Place, table: string): string {
  return [database, schema, table].map(quoted).join('.');
}
