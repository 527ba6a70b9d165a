import { ZonerError } from '#core/errors.ts';
import { type Place, qualified, quoted } from '#snowflake/names.ts';
import { isReader } from '#snowflake/protection.ts';
import type { Table } from '#snowflake/table.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

export interface ErasedRows {
  readonly table: Table;
  readonly place: Place;
  readonly topic: string;
  /** The field that names the person. */
  readonly field: string;
  /** Whether the record's key names the person, too. */
  readonly isKey: boolean;
  /** The roles that see the person's name where the contract masks it; null where it does not. */
  readonly readers: readonly string[] | null;
}

/**
 * The rows of one person in one table, as far as records below the ends made them. Every value is bound. A role that sees
 * masks would find nothing and call that erased, so it is refused (PLAN_REFUSED).
 */
export function createPersonRows(warehouse: Warehouse, person: string, rows: ErasedRows) {
  const { table, place } = rows;
  const name = qualified(place, table.name);
  return {
    async held(ends: ReadonlyMap<number, bigint>) {
      await requireReader(warehouse, rows);
      const { sql, binds } = condition(person, rows, ends);
      const [[count] = []] = (
        await warehouse.execute(`SELECT COUNT(*)::VARCHAR AS N FROM ${name} WHERE ${sql}`, binds)
      ).rows;
      const [[days, transient] = []] = (
        await warehouse.execute(
          `SELECT RETENTION_TIME::VARCHAR AS DAYS, IS_TRANSIENT FROM ${quoted(place.database)}.INFORMATION_SCHEMA.TABLES
WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
          [place.schema, table.name],
        )
      ).rows;
      return {
        rows: Number(count),
        timeTravelDays: days == null ? null : Number(days),
        hasFailSafe: transient !== 'YES',
      };
    },
    async erase(ends: ReadonlyMap<number, bigint>): Promise<number> {
      await requireReader(warehouse, rows);
      const { sql, binds } = condition(person, rows, ends);
      return (await warehouse.execute(`DELETE FROM ${name} WHERE ${sql}`, binds)).affected;
    },
  };
}

async function requireReader(warehouse: Warehouse, { readers, table }: ErasedRows): Promise<void> {
  if (readers === null) return;
  const [[reads] = []] = (await warehouse.execute(`SELECT IFF(${isReader(readers)}, 1, 0) AS R`)).rows;
  if (reads === '1') return;
  const what = `whom the rows of ${table.name} are about is masked from the role of this session`;
  throw new ZonerError('PLAN_REFUSED', what, {
    remedy: `Set SNOWFLAKE_ROLE to one of: ${readers.join(', ')}; nothing was changed.`,
  });
}

/** Every column that the field has had, and the key; but not what has come behind the ends. */
function condition(
  person: string,
  { table, topic, field, isKey }: ErasedRows,
  ends: ReadonlyMap<number, bigint>,
): { readonly sql: string; readonly binds: readonly string[] } {
  const first = table.columns.find(({ member }) => member === field);
  const root = first?.shadowOf ?? first?.name;
  const columns = table.columns
    .filter(({ name, shadowOf, sql }) => (name === root || shadowOf === root) && sql.startsWith('VARCHAR'))
    .map(({ name }) => name);
  const names = [...columns, ...(isKey ? ['_KEY'] : [])];
  const theirs = names.map((name) => `${quoted(name)} = ?`).join(' OR ');
  const later = [...ends].map(([partition, end]) => `("_PARTITION" = ${partition} AND "_OFFSET" >= ${end})`);
  const binds = names.map(() => person);
  if (later.length === 0) return { sql: `(${theirs})`, binds };
  return { sql: `(${theirs}) AND NOT ("_TOPIC" = ? AND (${later.join(' OR ')}))`, binds: [...binds, topic] };
}
