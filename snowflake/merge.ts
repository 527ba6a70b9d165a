import { literal, type Place, qualified, quoted } from '#snowflake/names.ts';
import type { Row } from '#snowflake/row.ts';
import { IDENTITY, type Table } from '#snowflake/table.ts';

export interface Statement {
  readonly sql: string;
  readonly binds: readonly string[];
}

/**
 * One MERGE that inserts the rows whose identity is not in the table yet. The rows are one JSON text: one bind, no
 * staging, no guess at types. A range of offsets a partition lets Snowflake pass over the rest of the table. The source
 * is made distinct first, because a MERGE inserts every copy of a row that it does not find. No offset is below zero, so
 * nothing is ever updated: but a MERGE that may update holds the table's lock, and rows that are only added may be added
 * side by side, by a consumer that lost a partition and the one that has it now.
 */
export function mergeStatement(table: Table, place: Place, rows: readonly Row[]): Statement {
  const { columns, binds, matching } = source(table, place, rows);
  const sql = `${matching}
WHEN MATCHED AND t."_OFFSET" < 0 THEN UPDATE SET "_OFFSET" = s."_OFFSET"
WHEN NOT MATCHED THEN INSERT (${columns.join(', ')})
VALUES (${columns.map((name) => `s.${name}`).join(', ')})`;
  return { sql, binds };
}

/**
 * One MERGE that writes rows anew which are in the table, with the same bytes behind them, and adds none. What names the
 * record, and when its row was written first, stays.
 */
export function rewriteStatement(table: Table, place: Place, rows: readonly Row[]): Statement {
  const { columns, binds, matching } = source(table, place, rows);
  const changed = columns.filter((name) => !KEPT.has(name));
  const sql = `${matching}
WHEN MATCHED AND t."_VALUE_SHA256" = s."_VALUE_SHA256" THEN UPDATE SET
${changed.map((name) => `  ${name} = s.${name}`).join(',\n')}`;
  return { sql, binds };
}

const KEPT: ReadonlySet<string> = new Set([...IDENTITY, '_VALUE_SHA256', '_LOADED_AT'].map(quoted));

/** The rows as the source of a MERGE, matched by identity: all before its WHEN clauses. */
function source(table: Table, place: Place, rows: readonly Row[]) {
  const written = table.columns.flatMap(({ name, member, fromJson }) => {
    return member === null ? [] : [{ name: quoted(name), value: fromJson(`f.VALUE:${quoted(member)}`) }];
  });
  const values = written.map(({ name, value }) => `    ${value} AS ${name}`);
  const matching = `MERGE INTO ${qualified(place, table.name)} AS t USING (
  SELECT
${values.join(',\n')}
  FROM LATERAL FLATTEN(INPUT => PARSE_JSON(?)) AS f
  QUALIFY ROW_NUMBER() OVER (PARTITION BY ${IDENTITY.map(quoted).join(', ')} ORDER BY f.INDEX) = 1
) AS s
ON ${IDENTITY.map((name) => `t.${quoted(name)} = s.${quoted(name)}`).join(' AND ')}
  AND (${rangesOf(rows).map(rangeCondition).join(' OR ')})`;
  const binds = [`[${rows.map(({ json }) => json).join(',')}]`];
  return { columns: written.map(({ name }) => name), binds, matching };
}

/** The hashes of the rows that the table holds in the ranges of these. */
export function hashesStatement(table: Table, place: Place, rows: readonly Identified[]): Statement {
  const columns = [...IDENTITY, '_VALUE_SHA256'].map(
    (name) => `t.${quoted(name)}::VARCHAR AS ${quoted(name)}`,
  );
  const sql = `SELECT ${columns.join(', ')} FROM ${qualified(place, table.name)} AS t
WHERE ${rangesOf(rows).map(rangeCondition).join(' OR ')}`;
  return { sql, binds: [] };
}

type Identified = Pick<Row, 'topic' | 'partition' | 'offset'>;

interface Range {
  readonly topic: string;
  readonly partition: number;
  readonly first: bigint;
  readonly last: bigint;
}

function rangesOf(rows: readonly Identified[]): readonly Range[] {
  const ranges = new Map<string, Range>();
  for (const { topic, partition, offset } of rows) {
    const key = `${partition}/${topic}`;
    const { first, last } = ranges.get(key) ?? { first: offset, last: offset };
    ranges.set(key, {
      topic,
      partition,
      first: offset < first ? offset : first,
      last: offset > last ? offset : last,
    });
  }
  return [...ranges.values()];
}

/** Literals, not binds: Snowflake prunes micro-partitions by what it sees when it compiles. */
function rangeCondition({ topic, partition, first, last }: Range): string {
  return `(t."_TOPIC" = ${literal(topic)} AND t."_PARTITION" = ${partition} AND t."_OFFSET" BETWEEN ${first} AND ${last})`;
}
