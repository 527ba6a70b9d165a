import type { Typed } from '#snowflake/local/cast.ts';
import { compilationError, invalidIdentifier } from '#snowflake/local/sql-error.ts';

export type Columns = ReadonlyMap<string, Typed>;

/** The columns that an expression can see, by the alias of their source, and its query's own aliases. */
export interface Scope {
  readonly sources: ReadonlyMap<string, Columns>;
  readonly aliases: Columns;
  /** Aliases of the select list hide columns of the same name only in ORDER BY. */
  readonly aliasesFirst?: boolean;
}

/** What a name stands for. @throws SqlError if it names nothing, or more than one thing; case counts */
export function resolveName({ sources, aliases, aliasesFirst }: Scope, parts: readonly string[]): Typed {
  const [column = '', source, ...more] = [...parts].reverse();
  const name = parts.join('.');
  if (source !== undefined) {
    const found = more.length === 0 ? sources.get(source)?.get(column) : undefined;
    if (found === undefined) throw invalidIdentifier(name);
    return found;
  }
  const alias = aliases.get(column);
  if (alias !== undefined && aliasesFirst === true) return alias;
  const found = [...sources.values()].flatMap((columns) => columns.get(column) ?? []);
  if (found.length > 1) throw compilationError('002027', '42601', `ambiguous column name '${name}'`);
  const only = found[0] ?? alias;
  if (only === undefined) throw invalidIdentifier(name);
  return only;
}
