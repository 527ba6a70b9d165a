import type { LogicalType, SchemaJson } from '#avro/model.ts';

/** The base types on which each logical type means something (Avro 1.12, "Logical Types"). */
const BASES: Readonly<Record<LogicalType['name'], readonly string[]>> = {
  decimal: ['bytes', 'fixed'],
  uuid: ['string', 'fixed'],
  date: ['int'],
  'time-millis': ['int'],
  'time-micros': ['long'],
  'timestamp-millis': ['long'],
  'timestamp-micros': ['long'],
  'timestamp-nanos': ['long'],
  'local-timestamp-millis': ['long'],
  'local-timestamp-micros': ['long'],
  'local-timestamp-nanos': ['long'],
  duration: ['fixed'],
};

const UUID_BYTES = 16;
const DURATION_BYTES = 12;

/**
 * The logical type that these attributes give to a base type, or null: the specification says to ignore one that is
 * unknown or does not fit. `size` is that of a fixed.
 */
export function logicalTypeOf(
  base: string,
  attributes: ReadonlyMap<string, SchemaJson>,
  size: number | null,
): LogicalType | null {
  const name = attributes.get('logicalType');
  if (typeof name !== 'string' || !isLogicalName(name) || !BASES[name].includes(base)) return null;
  if (name === 'decimal') return decimalOf(attributes, size);
  if (name === 'uuid') return size === null || size === UUID_BYTES ? { name } : null;
  if (name === 'duration') return size === DURATION_BYTES ? { name } : null;
  return { name };
}

function isLogicalName(name: string): name is LogicalType['name'] {
  return Object.hasOwn(BASES, name);
}

/** The base types on which a logical type means something; null if Avro 1.12 names no such logical type. */
export function basesOf(name: string): readonly string[] | null {
  return isLogicalName(name) ? BASES[name] : null;
}

function decimalOf(attributes: ReadonlyMap<string, SchemaJson>, size: number | null): LogicalType | null {
  const precision = integerOf(attributes.get('precision'));
  const scale = attributes.has('scale') ? integerOf(attributes.get('scale')) : 0;
  if (precision === null || scale === null || precision < 1 || scale < 0 || scale > precision) return null;
  // A fixed of n bytes holds so many digits: floor(log10(2^(8n - 1) - 1)).
  if (size !== null && precision > Math.floor(Math.log10(2) * (8 * size - 1))) return null;
  return { name: 'decimal', precision, scale };
}

function integerOf(json: SchemaJson | undefined): number | null {
  if (json === null || typeof json !== 'object' || !('number' in json)) return null;
  return /^-?\d{1,9}$/.test(json.number) ? Number(json.number) : null;
}
