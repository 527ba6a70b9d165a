import { compileDecoder } from '#avro/codec.ts';
import { fromTwosComplement } from '#avro/decimal.ts';
import { writeJson } from '#avro/json-tree.ts';
import { logicalValueOf } from '#avro/logical-value.ts';
import type { AvroSchema, SchemaJson } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { changedMeaning } from '#avro/same-meaning.ts';
import { isRecord, kindOf, unionForm } from '#avro/union-form.ts';
import { type CaseLine, caseLines } from '#bench/case-lines.ts';
import type { Comparison, Conformance } from '#bench/conformance-report.ts';
import { isZonerError, ZonerError } from '#core/errors.ts';

/** What an independent implementation wrote and read. */
interface Told {
  readonly name: string;
  readonly hex: string;
  readonly read?: unknown;
  readonly error?: string;
}

const RULES = {
  meaning:
    'a writer whose values would change their meaning is refused (Java ignores logical types: it reads the base value)',
  utf8: 'bytes that are read as a string must be valid UTF-8 (Java puts U+FFFD in their place)',
  logical: 'a value that its logical type does not allow is refused (Java ignores logical types)',
  kind: 'a record of a union is read as a branch of another name only with the very same fields (Java makes up the others)',
  number:
    'a decimal is a number, whatever bytes it was written with (Java ignores logical types: it keeps the bytes)',
} as const;

/** What a record is refused with that the reader's union has no branch for. */
const ANOTHER_KIND = /written as record \S+, it cannot be read as one of .*record /;

/** `resolution`: each line is written with one schema and read as another; see the README for the format. */
export const conformance: Conformance = {
  *compare(text) {
    const lines = caseLines<Told>(
      text,
      'writer, reader, hex and read or error',
      (told) => typeof told.hex === 'string' && ('read' in told || 'error' in told),
    );
    for (const line of lines) yield compareCase(line);
  },
};

function compareCase({ told, reader, writer }: CaseLine<Told>): Comparison {
  const { name } = told;
  const [from, to] = [parseSchema(writeJson(writer)), parseSchema(writeJson(reader))];
  const ours = read(from, to, told.hex);
  // Without logical types there is nothing to refuse, so the underlying values have to agree.
  const byRule = (rule: string): Comparison => {
    const plain = { told, reader: withoutLogical(reader), writer: withoutLogical(writer) };
    const rest = compareCase(plain);
    return rest.outcome === 'agrees' ? { name, outcome: 'named', rule } : rest;
  };
  if (!(ours instanceof ZonerError)) {
    if (!('read' in told)) return disagrees(name, 'Zoner reads what Java refuses');
    const [got, expected] = [canonical(ours), canonical(told.read)];
    if (got === expected) return { name, outcome: 'agrees' };
    if (canonical(ours, shortest) === canonical(told.read, shortest) && hasLogical(reader))
      return byRule(RULES.number);
    return disagrees(name, `${got} instead of ${expected}`);
  }
  if (!('read' in told)) return { name, outcome: 'agrees' };
  if (ours.code === 'UNDECODABLE' && ours.message.endsWith('are not valid UTF-8'))
    return { name, outcome: 'named', rule: RULES.utf8 };
  if (ours.code === 'WRITER_INCOMPATIBLE' && ANOTHER_KIND.test(ours.message))
    return { name, outcome: 'named', rule: RULES.kind };
  if (changedMeaning(from, to) !== null) return byRule(RULES.meaning);
  if (ours.code === 'VALUE_INVALID') return byRule(RULES.logical);
  return disagrees(name, `${ours.code} ${ours.message}`);
}

/** The value, as the file writes values, or why Zoner refuses it. */
function read(from: AvroSchema, to: AvroSchema, hex: string): unknown {
  try {
    return underlying(to, compileDecoder(from, to).decode(Buffer.from(hex, 'hex')));
  } catch (error) {
    if (isZonerError(error)) return error;
    throw error;
  }
}

function hasLogical(json: SchemaJson): boolean {
  return writeJson(json) !== writeJson(withoutLogical(json));
}

function withoutLogical(json: SchemaJson): SchemaJson {
  if (json === null || typeof json !== 'object' || 'number' in json) return json;
  if (Array.isArray(json)) return json.map(withoutLogical);
  const members = [...(json as { object: ReadonlyMap<string, SchemaJson> }).object];
  const kept = members.filter(([key]) => key !== 'logicalType');
  return { object: new Map(kept.map(([key, value]) => [key, withoutLogical(value)])) };
}

function disagrees(name: string, detail: string): Comparison {
  return { name, outcome: 'disagrees', detail };
}

/** The order of properties is no part of a value here: the file sorts maps, and says nothing else by order. */
function canonical(value: unknown, bytes: (hex: string) => string = (hex) => hex): string {
  return JSON.stringify(value, (key, each: unknown) => {
    if (key === '$bytes') return bytes(String(each));
    return typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each;
  });
}

/** The number that bytes stand for as a decimal. */
function shortest(hex: string): string {
  return String(fromTwosComplement(Buffer.from(hex, 'hex')));
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
