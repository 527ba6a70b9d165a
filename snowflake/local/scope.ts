import { SqlError } from '#snowflake/local/sql-error.ts';

/** A VARIANT is read and cast otherwise than every other value. */
export type Kind = 'plain' | 'variant';

/** The columns that a query can see, by the alias of their source, and its own aliases. */
export interface Scope {
  readonly sources: ReadonlyMap<string, ReadonlyMap<string, Kind>>;
  readonly aliases: ReadonlyMap<string, Kind>;
}

/** Whether a name is a VARIANT. @throws SqlError if it names nothing: names are compared with their case */
export function resolveName(scope: Scope, parts: readonly string[]): Kind {
  const column = parts.at(-1) ?? '';
  const source = parts.at(-2);
  if (source !== undefined) {
    const found = scope.sources.get(source)?.get(column);
    if (found !== undefined) return found;
  } else {
    for (const columns of scope.sources.values()) {
      const found = columns.get(column);
      if (found !== undefined) return found;
    }
    const alias = scope.aliases.get(column);
    if (alias !== undefined) return alias;
  }
  throw new SqlError('000904', '42000', `SQL compilation error:\ninvalid identifier '${parts.join('.')}'`);
}
