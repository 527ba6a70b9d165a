import type { DuckDBValue } from '@duckdb/node-api';
import type { OutputColumn } from '#snowflake/local/generate-query.ts';
import type { SqlType } from '#snowflake/local/sql-type.ts';

/** A result column as Snowflake's protocol describes it. */
export interface RowType {
  readonly name: string;
  /** In lower case, as the protocol has it. */
  readonly type: string;
  readonly nullable: boolean;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
}

type Cell = string | null;

/** How the columns of a query go out. */
export function rowTypes(columns: readonly OutputColumn[]): readonly RowType[] {
  return columns.map(({ name, type }) => ({
    name,
    type: WIRE[type.name],
    nullable: true,
    precision: type.name === 'NUMBER' ? type.size : null,
    scale: type.name === 'NUMBER' ? type.scale : /^TIME/.test(type.name) ? 9 : null,
    length: type.name === 'TEXT' || type.name === 'BINARY' ? type.size : null,
  }));
}

const WIRE: Readonly<Record<SqlType['name'], string>> = {
  NULL: 'text',
  NUMBER: 'fixed',
  FLOAT: 'real',
  BOOLEAN: 'boolean',
  TEXT: 'text',
  BINARY: 'binary',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP_NTZ: 'timestamp_ntz',
  TIMESTAMP_TZ: 'timestamp_tz',
  VARIANT: 'variant',
};

/** One value as the protocol writes it: always text, or null. */
export function wireValue(value: DuckDBValue | undefined, { name }: SqlType): Cell {
  if (value === null || value === undefined) return null;
  switch (name) {
    case 'FLOAT':
      return realText(Number(value));
    case 'BINARY':
      return Buffer.from((value as { bytes: Uint8Array }).bytes)
        .toString('hex')
        .toUpperCase();
    case 'DATE':
      return String((value as { days: number }).days);
    case 'TIME':
    case 'TIMESTAMP_NTZ':
      return seconds(BigInt(value as bigint));
    case 'TIMESTAMP_TZ': {
      const { n, o } = (value as { entries: { n: bigint | null; o: number } }).entries;
      // Minutes east of Greenwich, plus 1440.
      return n === null ? null : `${seconds(BigInt(n))} ${Number(o) + 1440}`;
    }
    default:
      return String(value);
  }
}

function realText(number: number): string {
  if (Number.isNaN(number)) return 'NaN';
  return Number.isFinite(number) ? String(number) : number > 0 ? 'inf' : '-inf';
}

const NANOS = 1_000_000_000n;

/** `seconds.nnnnnnnnn`; a negative value is the plain decimal, not a floor and a fraction. */
function seconds(nanos: bigint): string {
  const magnitude = nanos < 0n ? -nanos : nanos;
  return `${nanos < 0n ? '-' : ''}${magnitude / NANOS}.${String(magnitude % NANOS).padStart(9, '0')}`;
}
