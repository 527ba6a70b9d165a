import type { AvroSchema, Field, SchemaJson } from '#avro/model.ts';

/** The field whose type is judged, and what Java does not know of a type at that place (`DefinitionPlaces.gapOf`). */
export interface DefaultPlace {
  readonly field: Field;
  gapOf(schema: AvroSchema, field: Field): 'around' | 'ahead' | null;
}

/**
 * Why a default does not fit its schema, or null if it does, as Avro Java 1.12 judges. For a union any branch may take
 * it. With `at`, a type that is not known yet takes no default but an object: Java reads a text once.
 */
export function defaultProblem(schema: AvroSchema, json: SchemaJson, at?: DefaultPlace): string | null {
  const gap = at?.gapOf(schema, at.field) ?? null;
  if (gap === 'around' || (gap === 'ahead' && !isObject(json)))
    return `${(schema as { readonly name: string }).name} has to be defined before a default of it`;
  switch (schema.type) {
    case 'null':
      return json === null ? null : 'null is needed';
    case 'boolean':
      return typeof json === 'boolean' ? null : 'true or false is needed';
    case 'int':
      return integerProblem(json, -(2n ** 31n), 2n ** 31n - 1n);
    case 'long':
      return integerProblem(json, -(2n ** 63n), 2n ** 63n - 1n);
    case 'float':
    case 'double':
      return isNumber(json) ? null : 'a number is needed';
    case 'string':
    case 'enum':
      return typeof json === 'string' ? null : 'a string is needed';
    case 'bytes':
    case 'fixed':
      return typeof json === 'string' ? null : 'a string is needed, one character a byte';
    case 'array':
      return Array.isArray(json)
        ? firstProblem(json.map((item) => defaultProblem(schema.items, item, at)))
        : 'an array is needed';
    case 'map':
      return isObject(json)
        ? firstProblem([...json.object.values()].map((value) => defaultProblem(schema.values, value, at)))
        : 'an object is needed';
    case 'union':
      return unionProblem(schema.branches, json, at);
    default:
      return isObject(json) ? recordProblem(schema.fields, json.object, at) : 'an object is needed';
  }
}

function unionProblem(
  branches: readonly AvroSchema[],
  json: SchemaJson,
  at: DefaultPlace | undefined,
): string | null {
  for (const branch of branches) {
    const problem = defaultProblem(branch, json, at);
    // Java gives up at a record whose fields it does not know, even if a later branch would take the object.
    if (problem === null || (at?.gapOf(branch, at.field) === 'around' && isObject(json))) return problem;
  }
  return 'no branch of the union takes it';
}

function recordProblem(
  fields: readonly Field[],
  members: ReadonlyMap<string, SchemaJson>,
  at: DefaultPlace | undefined,
): string | null {
  return firstProblem(
    fields.map((field) => {
      const value = members.get(field.name);
      if (value === undefined) return field.default === undefined ? `it lacks ${field.name}` : null;
      return defaultProblem(field.schema, value, at === undefined ? undefined : { ...at, field });
    }),
  );
}

function firstProblem(problems: readonly (string | null)[]): string | null {
  return problems.find((problem) => problem !== null) ?? null;
}

function isNumber(json: SchemaJson): json is { readonly number: string } {
  return json !== null && typeof json === 'object' && 'number' in json;
}

function isObject(json: SchemaJson): json is { readonly object: ReadonlyMap<string, SchemaJson> } {
  return json !== null && typeof json === 'object' && 'object' in json;
}

function integerProblem(json: SchemaJson, lowest: bigint, highest: bigint): string | null {
  if (!isNumber(json) || !/^-?\d+$/.test(json.number)) return 'a whole number is needed';
  const value = BigInt(json.number);
  return value >= lowest && value <= highest ? null : `a number from ${lowest} to ${highest} is needed`;
}

const NUMBER_TEXT = /^([+-]?)(?:(NaN)|(Infinity)|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[fd]?)$/i;
const HEX_TEXT = /^([+-]?)0x(?=\.?[\da-f])([\da-f]*)\.?([\da-f]*)p([+-]?\d+)[fd]?$/i;

/**
 * The default of a field that is a float or double itself may be text that `Double.valueOf` of Java reads. NaN and the
 * infinities stay text, because JSON has no numbers for them. Null if it is no number.
 */
export function numberOfText(text: string): SchemaJson | null {
  const trimmed = text.replace(/^[\0- ]+|[\0- ]+$/g, '');
  const value = hexNumber(trimmed) ?? decimalNumber(trimmed);
  if (value === null) return null;
  return Number.isFinite(value) ? { number: Object.is(value, -0) ? '-0.0' : String(value) } : String(value);
}

function decimalNumber(text: string): number | null {
  const match = NUMBER_TEXT.exec(text);
  if (match === null) return null;
  const [, sign, nan, infinity] = match;
  // The words have to be written so, the letters of an exponent need not.
  if (nan !== undefined) return nan === 'NaN' ? Number.NaN : null;
  if (infinity !== undefined) return infinity === 'Infinity' ? Number(`${sign}Infinity`) : null;
  return Number(text.replace(/[fd]$/i, ''));
}

/** Binary exponent, as in `0x1.8p3` (Java Language Specification, "Floating-Point Literals"). */
function hexNumber(text: string): number | null {
  const [, sign, whole = '', fraction = '', exponent] = HEX_TEXT.exec(text) ?? [];
  if (exponent === undefined) return null;
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  // Zero times a factor beyond all numbers would be none.
  const value = mantissa === 0 ? 0 : mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}
