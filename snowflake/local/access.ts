import type { Query, Statement } from '#snowflake/local/ast.ts';
import {
  type Catalog,
  type CatalogEntry,
  type CatalogRole,
  type CurrentSchema,
  INFORMATION_SCHEMA,
  inCurrent,
  keyOf,
} from '#snowflake/local/catalog.ts';
import { missingObject, SqlError } from '#snowflake/local/sql-error.ts';

type Name = readonly string[];

/** What a session with a role may see and do. */
export interface Access {
  /** Without what the role has no privilege on: to it, that does not exist. */
  readonly visible: Catalog;
  /** @throws SqlError for a statement that the role may not run */
  allow(statement: Statement, current: CurrentSchema | null): void;
}

/** What a statement needs: a privilege on something, or to own it. `null` is the account. */
interface Need {
  readonly privilege: string;
  readonly on: Name | null;
}

const OWNERSHIP = 'OWNERSHIP';

export const roleName = (role: string): CatalogRole['name'] => ['', 'role', role];

/**
 * The rights of a role, by Snowflake's page "Access control privileges"; null for one that was not created here, which may
 * do everything, as the account's administrator. To see an object takes USAGE of its database and schema, and any
 * privilege on it.
 */
export function accessOf(catalog: Catalog, role: string | null): Access | null {
  const found = role === null ? undefined : catalog.get(keyOf(roleName(role)));
  if (role === null || found?.kind !== 'role') return null;
  const { grants } = found;
  const granted = (on: Name, privilege?: string): boolean =>
    grants.some(
      (each) => keyOf(each.on) === keyOf(on) && (privilege === undefined || each.privilege === privilege),
    );
  const owns = (entry: CatalogEntry): boolean => 'owner' in entry && entry.owner === role;
  const sees = (entry: CatalogEntry): boolean => {
    if (entry.kind === 'role') return false;
    if (entry.kind === 'tag') return owns(entry);
    if (entry.kind === 'policy') return true;
    const places = [1, 2].filter((length) => length < entry.name.length);
    return (
      places.every((length) => granted(entry.name.slice(0, length), 'USAGE')) &&
      (owns(entry) || granted(entry.name))
    );
  };
  const visible = new Map(
    [...catalog]
      .filter(([, entry]) => sees(entry))
      .map(([key, entry]) => [key, owns(entry) ? entry : withOwnersRights(entry, catalog)]),
  );
  return {
    visible,
    allow(statement, current) {
      for (const { privilege, on } of needsOf(statement, current, catalog)) {
        if (on === null) throw insufficient('account', role);
        const entry = catalog.get(keyOf(on));
        // What is not there at all is told by whoever looks for it.
        if (entry === undefined || owns(entry)) continue;
        const seen = visible.get(keyOf(on));
        if (seen === undefined || 'isHidden' in seen) throw missingObject('Object', on.join('.'));
        if (!granted(on, privilege)) throw insufficient(entry.kind, on.at(-1) ?? '');
      }
    },
  };
}

/** What somebody else owns, as it works for a role that may use it: a view reads with its owner's rights, a policy masks. */
function withOwnersRights(entry: CatalogEntry, catalog: Catalog): CatalogEntry {
  if (entry.kind === 'view') return { ...entry, reads: catalog };
  return entry.kind === 'policy' ? { ...entry, isHidden: true } : entry;
}

function insufficient(kind: string, name: string): SqlError {
  const message = `SQL access control error:\nInsufficient privileges to operate on ${kind} '${name}'`;
  return new SqlError('003001', '42501', message);
}

function needsOf(statement: Statement, current: CurrentSchema | null, catalog: Catalog): readonly Need[] {
  const need = (privilege: string, on: Name | null): Need => ({ privilege, on });
  const reads = (query: Query): readonly Need[] => tablesOf(query, current).map((on) => need('SELECT', on));
  switch (statement.kind) {
    case 'query':
      return reads(statement.query);
    case 'insert':
      return [
        need('INSERT', statement.into),
        ...('selects' in statement.source ? reads(statement.source) : []),
      ];
    case 'update':
      return [need('UPDATE', statement.table)];
    case 'delete':
      return [need('DELETE', statement.table)];
    case 'merge': {
      const kinds = new Set(statement.clauses.map(({ kind }) => kind.toUpperCase()));
      return [
        ...['SELECT', ...kinds].map((privilege) => need(privilege, statement.into)),
        ...reads(statement.using.query),
      ];
    }
    case 'create-table':
      return [need('CREATE TABLE', statement.name.slice(0, -1))];
    case 'create-view': {
      const replaced = catalog.has(keyOf(statement.name)) ? [need(OWNERSHIP, statement.name)] : [];
      return [need('CREATE VIEW', statement.name.slice(0, -1)), ...replaced, ...reads(statement.query)];
    }
    case 'create-tag':
      return [need('CREATE TAG', statement.name.slice(0, -1))];
    case 'create-policy':
      return [need('CREATE MASKING POLICY', statement.name.slice(0, -1))];
    case 'alter-policy':
    case 'describe-policy':
      return [need(OWNERSHIP, ['policy', ...statement.name])];
    case 'drop': {
      const { what, name } = statement;
      return [need(OWNERSHIP, what === 'MASKING POLICY' ? ['policy', ...name] : name)];
    }
    case 'alter-table': {
      const used = statement.changes.flatMap((change) =>
        change.kind === 'set-policy'
          ? [['policy', ...change.policy]]
          : change.kind === 'set-tag' || change.kind === 'unset-tag'
            ? [['tag', ...change.tag]]
            : [],
      );
      return [statement.name, ...used].map((on) => need(OWNERSHIP, on));
    }
    case 'comment-on-table':
      return [need(OWNERSHIP, statement.name)];
    case 'create-database':
    case 'create-schema':
    case 'create-role':
    case 'grant':
      return [need(statement.kind, null)];
    default:
      return [];
  }
}

/** Every table and view that a query names itself. INFORMATION_SCHEMA is everybody's, and shows what one may see. */
function tablesOf(
  query: Query,
  current: CurrentSchema | null,
  outer: ReadonlySet<string> = new Set(),
): readonly Name[] {
  const common = new Set([...outer, ...query.with.map(({ name }) => name)]);
  const inner = query.with.flatMap((each) => tablesOf(each.query, current, common));
  const named = query.selects.flatMap(({ from }) =>
    from.flatMap(({ source }): readonly Name[] => {
      if (source.kind === 'flatten' || source.kind === 'function') return [];
      if (source.kind === 'query') return tablesOf(source.query, current, common);
      if (source.name.length === 1 && common.has(source.name[0] ?? '')) return [];
      const name = inCurrent(source.name, current);
      return name[1] === INFORMATION_SCHEMA ? [] : [name];
    }),
  );
  return [...inner, ...named];
}
