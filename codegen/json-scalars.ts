import type { FixedSchema, LogicalType, PrimitiveSchema } from '#avro/model.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/** The JSON form of a scalar, under a name of its own where it is more than a word: all fields of one form share it. */
export interface JsonScalar {
  readonly name: string | null;
  readonly schema: JsonSchema;
}

const WHOLE = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
/** What a float would round to infinity (IEEE 754: half a unit beyond the largest number). */
const FLOAT_LIMIT = 3.4028235677973366e38;

/** The JSON Schema of a scalar's JSON form (`avro/json-form.ts`). Names have lower-case letters first, unlike types. */
export function jsonScalar(schema: PrimitiveSchema | FixedSchema): JsonScalar {
  if (schema.logicalType !== null) return logicalScalar(schema.logicalType);
  switch (schema.type) {
    case 'int':
      return { name: null, schema: { type: 'integer', ...WHOLE } };
    case 'long':
      return text('long', `(?:0|${atMost('9223372036854775807')}|-${atMost('9223372036854775808')})`);
    case 'float':
      return {
        name: 'float',
        schema: number({ exclusiveMinimum: -FLOAT_LIMIT, exclusiveMaximum: FLOAT_LIMIT }),
      };
    case 'double':
      return { name: 'double', schema: number({}) };
    case 'bytes':
      return text('bytes', BASE64);
    case 'fixed': {
      const length = 4 * Math.ceil(schema.size / 3);
      // Where the length is not that of whole groups, so many characters of padding show how many bytes are missing.
      const end = ['', '', ''].map((_, missing) => '='.repeat(missing))[(3 - (schema.size % 3)) % 3] ?? '';
      const padded = schema.size === 0 ? '' : `(?=[^=]*${end}$)${BASE64}`;
      return {
        name: null,
        schema: { type: 'string', pattern: `^${padded}$`, minLength: length, maxLength: length },
      };
    }
    default:
      return { name: null, schema: { type: schema.type } };
  }
}

/** The one base64 text of each sequence of bytes: the bits beyond the last byte are zero. */
const BASE64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?';

function text(name: string, pattern: string): JsonScalar {
  return { name, schema: { type: 'string', pattern: `^${pattern}$` } };
}

function number(limits: JsonSchema): JsonSchema {
  return { anyOf: [{ type: 'number', ...limits }, { enum: ['NaN', 'Infinity', '-Infinity', '-0'] }] };
}

/** A pattern of the numbers from 1 to this one, without leading zeros. */
function atMost(most: string): string {
  const shorter = most.length > 1 ? [`[1-9]\\d{0,${most.length - 2}}`] : [];
  const sameLength = [...most].flatMap((digit, index) => {
    const lowest = index === 0 ? 1 : 0;
    if (Number(digit) - 1 < lowest) return [];
    const rest = most.length - index - 1;
    return [`${most.slice(0, index)}[${lowest}-${Number(digit) - 1}]${rest > 0 ? `\\d{${rest}}` : ''}`];
  });
  return `(?:${[...shorter, ...sameLength, most].join('|')})`;
}

/** A year as ISO 8601 writes it: four digits, or a sign and six; only leap years have 29 February. */
const YEAR = '(?:\\d{4}|\\+(?:0[1-9]|1\\d|2[0-7])\\d{4}|-(?!000000)(?:[01]\\d|2[0-7])\\d{4})';
const LEAP =
  '(?:\\d\\d|[+-]\\d{4})(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26]|[+-]\\d\\d(?:[02468][048]|[13579][26]))00';
const MONTH_DAY =
  '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))';
const DATE = `(?:${YEAR}-${MONTH_DAY}|(?=${YEAR}-)(?:${LEAP})-02-29)`;
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d';
const FRACTION: Readonly<Record<string, number>> = { millis: 3, micros: 6, nanos: 9 };

function logicalScalar(logical: LogicalType): JsonScalar {
  const { name } = logical;
  const fraction = `\\.\\d{${FRACTION[name.slice(name.lastIndexOf('-') + 1)] ?? 0}}`;
  switch (name) {
    case 'decimal':
      return decimalScalar(logical.precision, logical.scale);
    case 'uuid':
      return text(name, '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}');
    case 'date':
      return text(name, DATE);
    case 'time-millis':
    case 'time-micros':
      return text(name, `${TIME}${fraction}`);
    case 'duration': {
      const part = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 };
      const properties = { months: part, days: part, millis: part };
      const required = Object.keys(properties);
      return { name, schema: { type: 'object', properties, required, additionalProperties: false } };
    }
    default:
      return text(name, `${DATE}T${TIME}${fraction}${name.startsWith('local-') ? '' : 'Z'}`);
  }
}

/** Plain digits, as many after the point as the scale says; zero has no sign. */
function decimalScalar(precision: number, scale: number): JsonScalar {
  const before = precision - scale;
  const whole = before === 0 ? '0' : `(?:0|[1-9]\\d{0,${before - 1}})`;
  const point = scale === 0 ? '' : `\\.\\d{${scale}}`;
  return text(`decimal-${precision}-${scale}`, `(?!-[0.]*$)-?${whole}${point}`);
}
