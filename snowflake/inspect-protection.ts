import { type ActualColumn, type ActualState, type ActualTable, UNPROTECTED } from '#snowflake/live-state.ts';
import { literal, type Place, qualified, quoted } from '#snowflake/names.ts';
import { PERSONAL, policyNames } from '#snowflake/protection.ts';
import type { StatementResult, Warehouse } from '#snowflake/warehouse.ts';

/**
 * The state with the masks of these tables: policies by name and body, and what each column has. It asks with SHOW, DESCRIBE
 * and the table functions of INFORMATION_SCHEMA, which answer only to roles that own the policies or may apply them.
 * @throws ZonerError as the warehouse
 */
export async function inspectProtection(
  warehouse: Warehouse,
  place: Place,
  state: ActualState,
  tables: readonly string[],
): Promise<ActualState> {
  if (tables.length === 0) return state;
  if (!state.schema) return { ...state, protection: UNPROTECTED };
  const schema = `${quoted(place.database)}.${quoted(place.schema)}`;
  const names = async (sql: string): Promise<readonly string[]> =>
    columnOf(await warehouse.execute(sql), 'name');
  const tags = await names(`SHOW TAGS LIKE ${literal(PERSONAL)} IN SCHEMA ${schema}`);
  const own = new Set(tables.flatMap(policyNames));
  const policies = new Map<string, string>();
  for (const name of await names(`SHOW MASKING POLICIES IN SCHEMA ${schema}`)) {
    if (!own.has(name)) continue;
    const described = await warehouse.execute(`DESCRIBE MASKING POLICY ${qualified(place, name)}`);
    policies.set(name, columnOf(described, 'body')[0] ?? '');
  }
  const inspected = new Map(state.tables);
  for (const name of tables) {
    const table = state.tables.get(name);
    if (table !== undefined) inspected.set(name, await withMasks(warehouse, place, name, table));
  }
  return { ...state, tables: inspected, protection: { tag: tags.includes(PERSONAL), policies } };
}

async function withMasks(
  warehouse: Warehouse,
  place: Place,
  name: string,
  table: ActualTable,
): Promise<ActualTable> {
  const information = `${quoted(place.database)}.INFORMATION_SCHEMA`;
  const object = literal(qualified(place, name));
  const set = await warehouse.execute(
    `SELECT REF_COLUMN_NAME, POLICY_DB, POLICY_SCHEMA, POLICY_NAME FROM TABLE(${information}.POLICY_REFERENCES(REF_ENTITY_NAME => ${object}, REF_ENTITY_DOMAIN => 'TABLE')) WHERE POLICY_KIND = 'MASKING_POLICY'`,
  );
  const policies = new Map(
    set.rows.map(([column, database, schema, policy]) => {
      return [column, qualified({ database: database ?? '', schema: schema ?? '' }, policy ?? '')];
    }),
  );
  const tagged = await warehouse.execute(
    `SELECT COLUMN_NAME, TAG_VALUE FROM TABLE(${information}.TAG_REFERENCES_ALL_COLUMNS(${object}, 'TABLE')) WHERE TAG_DATABASE = ? AND TAG_SCHEMA = ? AND TAG_NAME = ? AND LEVEL = 'COLUMN'`,
    [place.database, place.schema, PERSONAL],
  );
  const tags = new Map(tagged.rows.map(([column, value]) => [column, value]));
  const columns = table.columns.map((column): ActualColumn => {
    return { ...column, policy: policies.get(column.name) ?? null, tag: tags.get(column.name) ?? null };
  });
  return { ...table, columns };
}

/** SHOW and DESCRIBE name their columns in lower case. */
function columnOf({ columns, rows }: StatementResult, name: string): readonly string[] {
  const index = columns.findIndex((each) => each.toLowerCase() === name);
  return rows.map((row) => row[index] ?? '');
}
