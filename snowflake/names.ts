/** Snowflake names are always quoted: nothing is reserved then, and nothing is folded. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A SQL text literal. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
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
