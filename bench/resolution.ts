import { compileDecoder } from '#avro/codec.ts';
import { logicalValueOf } from '#avro/logical-value.ts';
import type { AvroSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { changedMeaning } from '#avro/same-meaning.ts';
import { isRecord, kindOf, unionForm } from '#avro/union-form.ts';
import type { Comparison, Conformance } from '#bench/conformance-report.ts';
import { isZonerError, ZonerError } from '#core/errors.ts';

/** One line of the file: a value that an independent implementation wrote and read. */
interface Case {
  readonly name: string;
  readonly writer: unknown;
  readonly reader: unknown;
  readonly hex: string;
  readonly read?: unknown;
  readonly error?: string;
}

const RULES = {
  meaning:
    'a writer whose values would change their meaning is refused (Java ignores logical types: it reads the base value)',
  utf8: 'bytes that are read as a string must be valid UTF-8 (Java puts U+FFFD in their place)',
  logical: 'a value that its logical type does not allow is refused (Java ignores logical types)',
} as const;

/** `resolution`: each line is written with one schema and read as another; see the README for the format. */
export const conformance: Conformance = {
  *compare(text) {
    for (const [index, line] of text.split('\n').entries()) {
      if (line.trim() !== '') yield compareCase(parseCase(line, index + 1));
    }
  },
};

function parseCase(line: string, number: number): Case {
  try {
    const parsed = JSON.parse(line) as Case;
    if (typeof parsed.hex === 'string' && ('read' in parsed || 'error' in parsed)) return parsed;
  } catch {
    // Told below, as is what parses and is no case.
  }
  throw new ZonerError('USAGE', `line ${number} is no case with writer, reader, hex and read or error`);
}

function compareCase(given: Case): Comparison {
  const { name } = given;
  const from = parseSchema(JSON.stringify(given.writer));
  const to = parseSchema(JSON.stringify(given.reader));
  const ours = read(from, to, given.hex);
  if (typeof ours === 'string') return compareValues(given, ours);
  if (!('read' in given)) return { name, outcome: 'agrees' };
  if (ours.code === 'UNDECODABLE' && ours.message.endsWith('are not valid UTF-8'))
    return { name, outcome: 'named', rule: RULES.utf8 };
  const rule = changedMeaning(from, to) !== null ? RULES.meaning : RULES.logical;
  const byLogicalType = rule === RULES.meaning || ours.code === 'VALUE_INVALID';
  if (!byLogicalType) return disagrees(name, `${ours.code} ${ours.message}`);
  // Without logical types there is nothing to refuse, so the underlying values have to agree.
  const plain = { ...given, writer: withoutLogical(given.writer), reader: withoutLogical(given.reader) };
  const rest = compareCase(plain);
  return rest.outcome === 'agrees' ? { name, outcome: 'named', rule } : rest;
}

/** The value, canonical, or why Zoner refuses it. */
function read(from: AvroSchema, to: AvroSchema, hex: string): string | ZonerError {
  try {
    return canonical(underlying(to, compileDecoder(from, to).decode(Buffer.from(hex, 'hex'))));
  } catch (error) {
    if (isZonerError(error)) return error;
    throw error;
  }
}

function compareValues({ name, ...theirs }: Case, ours: string): Comparison {
  if (!('read' in theirs)) return disagrees(name, 'Zoner reads what Java refuses');
  const expected = canonical(theirs.read);
  return ours === expected ? { name, outcome: 'agrees' } : disagrees(name, `${ours} instead of ${expected}`);
}

function withoutLogical(schema: unknown): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (key === 'logicalType' ? undefined : value)),
  );
}

function disagrees(name: string, detail: string): Comparison {
  return { name, outcome: 'disagrees', detail };
}

/** The order of properties is no part of a value here: the file sorts maps, and says nothing else by order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/** A value in the value form, as the file writes values: underlying types, unions without a mark. */
function underlying(schema: AvroSchema, value: unknown): unknown {
  switch (schema.type) {
    case 'array':
      return (value as readonly unknown[]).map((item) => underlying(schema.items, item));
    case 'map': {
      const entries = Object.entries(value as object);
      return {
        $map: Object.fromEntries(entries.map(([key, each]) => [key, underlying(schema.values, each)])),
      };
    }
    case 'record':
    case 'error': {
      const record = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(
        schema.fields.map((field) => [field.name, underlying(field.schema, record[field.name])]),
      );
    }
    case 'enum':
      return value;
    case 'union': {
      const union = unionForm(schema);
      if (value === null) return null;
      if (union.form === 'plain') return union.branch === null ? null : underlying(union.branch, value);
      const { kind, value: inner } = value as { readonly kind: string; readonly value: unknown };
      const branch = schema.branches.find((each) => kindOf(each) === kind);
      if (branch === undefined) throw new Error(`a value of kind ${kind}, which is no branch`);
      return underlying(branch, union.form === 'records' && isRecord(branch) ? value : inner);
    }
    default:
      return scalar(schema.type, logicalValueOf(schema)?.toBase(value, '') ?? value);
  }
}

function scalar(type: string, base: unknown): unknown {
  if (type === 'long') return { $long: String(base) };
  if (type === 'bytes' || type === 'fixed')
    return { $bytes: Buffer.from(base as Uint8Array).toString('hex') };
  if (type !== 'float' && type !== 'double') return base;
  const bits = Buffer.alloc(type === 'float' ? 4 : 8);
  if (type === 'float') bits.writeFloatBE(base as number);
  else bits.writeDoubleBE(base as number);
  return { [`$${type}`]: bits.toString('hex') };
}
