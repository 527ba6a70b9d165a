import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';

/** A result column as Snowflake's protocol describes it. */
export interface RowType {
  readonly name: string;
  /** In lower case, as the protocol has it. */
  readonly type: string;
  readonly nullable: true;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
}

type Format = (value: DuckDBValue) => string;

interface Known {
  readonly type: string;
  readonly scale: number | null;
  readonly format: Format;
}

const MICROS = 1_000_000n;
/** Minutes east of Greenwich plus 1440: this server keeps instants, and shows them in UTC. */
const UTC_OFFSET = 1440;

/** How a DuckDB column goes out. @throws Error for a type that no generated statement gives */
export function describeColumn(
  name: string,
  type: DuckDBType,
): { readonly rowType: RowType; readonly format: Format } {
  const known = knownType(type);
  const length = known.type === 'text' ? 16_777_216 : null;
  const precision = known.type === 'fixed' ? 38 : null;
  return {
    rowType: { name, nullable: true, precision, length, type: known.type, scale: known.scale },
    format: known.format,
  };
}

function knownType(type: DuckDBType): Known {
  const text = String(type);
  if (type.alias === 'JSON' || text === 'JSON') return { type: 'variant', scale: null, format: String };
  const decimal = /^DECIMAL\(\d+,(\d+)\)$/.exec(text);
  if (decimal !== null) return { type: 'fixed', scale: Number(decimal[1]), format: String };
  const known = KNOWN[text];
  if (known === undefined) throw new Error(`the local Snowflake has no form for DuckDB's ${text}`);
  return known;
}

const FIXED: Known = { type: 'fixed', scale: 0, format: String };

const KNOWN: Readonly<Record<string, Known>> = {
  VARCHAR: { type: 'text', scale: null, format: String },
  BOOLEAN: { type: 'boolean', scale: null, format: String },
  INTEGER: FIXED,
  BIGINT: FIXED,
  HUGEINT: FIXED,
  DOUBLE: { type: 'real', scale: null, format: realText },
  BLOB: {
    type: 'binary',
    scale: null,
    format: (value) =>
      Buffer.from((value as { bytes: Uint8Array }).bytes)
        .toString('hex')
        .toUpperCase(),
  },
  DATE: { type: 'date', scale: null, format: (value) => String((value as { days: number }).days) },
  TIME: { type: 'time', scale: 9, format: (value) => seconds((value as { micros: bigint }).micros * 1000n) },
  TIMESTAMP: {
    type: 'timestamp_ntz',
    scale: 9,
    format: (value) => seconds((value as { micros: bigint }).micros * 1000n),
  },
  TIMESTAMP_NS: {
    type: 'timestamp_ntz',
    scale: 9,
    format: (value) => seconds((value as { nanos: bigint }).nanos),
  },
  'TIMESTAMP WITH TIME ZONE': {
    type: 'timestamp_tz',
    scale: 9,
    format: (value) => `${seconds((value as { micros: bigint }).micros * 1000n)} ${UTC_OFFSET}`,
  },
  '"NULL"': { type: 'text', scale: null, format: String },
  SQLNULL: { type: 'text', scale: null, format: String },
};

function realText(value: DuckDBValue): string {
  const number = Number(value);
  if (Number.isNaN(number)) return 'NaN';
  return Number.isFinite(number) ? String(number) : number > 0 ? 'inf' : '-inf';
}

/** `seconds.nnnnnnnnn`; a negative value is the plain decimal, not a floor and a fraction. */
function seconds(nanos: bigint): string {
  const magnitude = nanos < 0n ? -nanos : nanos;
  const perSecond = MICROS * 1000n;
  return `${nanos < 0n ? '-' : ''}${magnitude / perSecond}.${String(magnitude % perSecond).padStart(9, '0')}`;
}
