import { type Altered, alterTable } from '#snowflake/local/alter.ts';
import type { ColumnDefinition, Statement, StatementOf } from '#snowflake/local/ast.ts';
import {
  type Catalog,
  type CatalogEntry,
  type CatalogTable,
  type CatalogView,
  entryKey,
  findTable,
  fullName,
  keyOf,
  requirePlace,
  threeParts,
} from '#snowflake/local/catalog.ts';
import { createTableText } from '#snowflake/local/generate-dml.ts';
import { quote } from '#snowflake/local/generate-expression.ts';
import { generateQuery } from '#snowflake/local/generate-query.ts';
import { alterPolicy, createPolicy, createTag, requireUnused } from '#snowflake/local/policy-ddl.ts';
import { grantedRole, newRole, rolesWithout } from '#snowflake/local/roles.ts';
import { compilationError, missingObject } from '#snowflake/local/sql-error.ts';
import type { CatalogChange } from '#snowflake/local/store.ts';
import { nextPhysical } from '#snowflake/local/store.ts';

/** What a DDL statement does. */
export interface Ddl extends CatalogChange {
  readonly statements: readonly string[];
  readonly refusals: Altered['refusals'];
  readonly message: string;
  /** The table that must not be in use meanwhile. */
  readonly locks: string | null;
}

const NOTHING = { put: [], remove: [], statements: [], refusals: [], locks: null };

/** Plans a DDL statement; null if it is none. @throws SqlError for what Snowflake refuses */
export function planDdl(statement: Statement, catalog: Catalog): Ddl | null {
  switch (statement.kind) {
    case 'create-database': {
      const { name } = statement;
      // Every new database has the schema PUBLIC.
      const put = [place('database', [name]), place('schema', [name, 'PUBLIC'])];
      return create(catalog, [name], statement.ifNotExists, () => ({
        ...NOTHING,
        put,
        message: `Database ${name} successfully created.`,
      }));
    }
    case 'create-schema': {
      const name = fullName(statement.name, 2);
      requirePlace(catalog, name.slice(0, 1));
      const put = [place('schema', name)];
      return create(catalog, name, statement.ifNotExists, () => ({
        ...NOTHING,
        put,
        message: `Schema ${name[1]} successfully created.`,
      }));
    }
    case 'create-role': {
      const { name, ifNotExists } = statement;
      const role = newRole(name);
      const message = `Role ${name} successfully created.`;
      return create(catalog, role.name, ifNotExists, () => ({ ...NOTHING, put: [role], message }));
    }
    case 'grant': {
      const put = [grantedRole(statement, catalog)];
      return { ...NOTHING, put, message: 'Statement executed successfully.' };
    }
    case 'create-table':
      return createTable(statement, catalog);
    case 'create-view':
      return createView(statement, catalog);
    case 'drop':
      return drop(statement, catalog);
    case 'alter-table':
      return alter(statement, catalog);
    case 'create-tag':
    case 'create-policy': {
      const kind = statement.kind === 'create-tag' ? 'tag' : 'policy';
      const name = threeParts(statement.name);
      requirePlace(catalog, name.slice(0, 2));
      return create(
        catalog,
        name,
        statement.ifNotExists,
        () => ({
          ...NOTHING,
          ...(statement.kind === 'create-tag' ? createTag(statement) : createPolicy(statement)),
        }),
        kind,
      );
    }
    case 'alter-policy':
      return { ...NOTHING, ...alterPolicy(statement, catalog) };
    case 'comment-on-table': {
      const table = findTable(catalog, statement.name);
      const put = [{ ...table, comment: statement.comment === '' ? null : statement.comment }];
      return { ...NOTHING, put, message: 'Statement executed successfully.', locks: table.physical };
    }
    default:
      return null;
  }
}

function place(kind: 'database' | 'schema', name: readonly string[]): CatalogEntry {
  return { kind, name };
}

function create(
  catalog: Catalog,
  name: readonly string[],
  ifNotExists: boolean,
  plan: () => Ddl,
  kind: CatalogEntry['kind'] = 'table',
): Ddl {
  if (!catalog.has(entryKey({ kind, name } as CatalogEntry))) return plan();
  const last = name.at(-1) ?? '';
  if (ifNotExists) return { ...NOTHING, message: `${last} already exists, statement succeeded.` };
  throw compilationError('002002', '42710', `Object '${name.join('.')}' already exists.`);
}

function createTable(statement: StatementOf<'create-table'>, catalog: Catalog): Ddl {
  const name = threeParts(statement.name);
  requirePlace(catalog, name.slice(0, 1));
  requirePlace(catalog, name.slice(0, 2));
  return create(catalog, name, statement.ifNotExists, () => {
    const columns = statement.columns.map((column, index) => ({ ...column, physical: `c${index}` }));
    const physical = `t${nextPhysical(catalog)}`;
    const table: CatalogTable = { kind: 'table', name, physical, columns, comment: statement.comment };
    return {
      ...NOTHING,
      put: [table],
      statements: [createTableText(table)],
      message: `Table ${name[2]} successfully created.`,
    };
  });
}

function createView(statement: StatementOf<'create-view'>, catalog: Catalog): Ddl {
  const name = threeParts(statement.name);
  requirePlace(catalog, name.slice(0, 2));
  const existing = catalog.get(keyOf(name));
  if (existing !== undefined && (!statement.orReplace || existing.kind !== 'view')) {
    throw compilationError('002002', '42710', `Object '${name.join('.')}' already exists.`);
  }
  const output = generateQuery(statement.query, catalog).columns;
  const named = statement.columns ?? output.map((column) => ({ name: column.name, comment: null }));
  if (named.length !== output.length) {
    throw compilationError(
      '002026',
      '42601',
      'Invalid column definition list: its number differs from that of the query',
    );
  }
  const columns = named.map(({ name: column, comment }, index): ColumnDefinition => {
    const type = output[index]?.type;
    if (type === undefined) throw new Error('as many as the query has');
    return {
      name: column,
      type: type.name === 'NULL' ? { ...type, name: 'TEXT' } : type,
      nullable: true,
      comment,
    };
  });
  const twice = columns.find(
    (each, index) => columns.findIndex((other) => other.name === each.name) !== index,
  );
  if (twice !== undefined) throw compilationError('002025', '42S21', `duplicate column name '${twice.name}'`);
  const view: CatalogView = { kind: 'view', name, columns, comment: statement.comment, text: statement.text };
  const losers = existing === undefined || statement.copyGrants ? [] : rolesWithout(catalog, [name]);
  return { ...NOTHING, put: [view, ...losers], message: `View ${name[2]} successfully created.` };
}

function drop({ what, name: given, ifExists }: StatementOf<'drop'>, catalog: Catalog): Ddl {
  const kind = what === 'MASKING POLICY' ? 'policy' : (what.toLowerCase() as CatalogEntry['kind']);
  const name = fullName(given, what === 'DATABASE' ? 1 : what === 'SCHEMA' ? 2 : 3);
  const found = catalog.get(entryKey({ kind, name } as CatalogEntry));
  if (found === undefined || found.kind !== kind) {
    if (ifExists) return { ...NOTHING, message: 'Drop statement executed successfully.' };
    throw missingObject(what.charAt(0) + what.slice(1).toLowerCase(), name.join('.'));
  }
  if (found.kind === 'policy') requireUnused(found, catalog);
  const isContainer = found.kind === 'database' || found.kind === 'schema';
  const inside = isContainer
    ? [...catalog.values()].filter((each) => name.every((part, index) => each.name[index] === part))
    : [found];
  const tables = inside.filter((each) => each.kind === 'table');
  return {
    ...NOTHING,
    put: rolesWithout(
      catalog,
      inside.flatMap((each) => (each.kind === 'tag' || each.kind === 'policy' ? [] : [each.name])),
    ),
    remove: inside.map(entryKey),
    statements: tables.map(({ physical }) => `DROP TABLE ${quote(physical)}`),
    message: `${name.at(-1)} successfully dropped.`,
    locks: found.kind === 'table' ? found.physical : null,
  };
}

function alter({ name, changes }: StatementOf<'alter-table'>, catalog: Catalog): Ddl {
  let table = findTable(catalog, name);
  const statements: string[] = [];
  const refusals: Altered['refusals'][number][] = [];
  for (const change of changes) {
    const altered = alterTable(table, change, catalog);
    table = altered.table;
    statements.push(...altered.statements);
    refusals.push(...altered.refusals);
  }
  return {
    ...NOTHING,
    put: [table],
    statements,
    refusals,
    message: 'Statement executed successfully.',
    locks: table.physical,
  };
}
