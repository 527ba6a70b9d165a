import type { Json } from '#avro/json-form.ts';

/** Snowflake's limits for a column of no declared length (data-types-text, data-types-semistructured). */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
/** The rows of a statement are one JSON array; a row may be the only one in it. */
const BRACKETS = '[]'.length;
const MAX_BINARY_BYTES = 8 * 1024 * 1024;
/** Milliseconds since 1970 of the years 1 and 9999, which is what Snowflake's dates and timestamps hold. */
const FIRST_INSTANT = -62_135_596_800_000n;
const LAST_INSTANT = 253_402_300_799_999n;

const WITH_DATE = /^(?:DATE|TIMESTAMP)/;
const YEAR = /^(?!0000)\d{4}-/;

/**
 * Why the warehouse could not hold this value in a column of this type, or null. What is found here costs no statement;
 * the reason names the limit and never the value.
 */
export function rangeProblem(sql: string, value: Json | undefined): string | null {
  if (value === null || value === undefined) return null;
  // What stands in a VARIANT is judged with the text of the whole row.
  if (typeof value !== 'string') return null;
  if (WITH_DATE.test(sql)) return YEAR.test(value) ? null : 'a year outside 1 to 9999';
  // Base64 has four characters for three bytes.
  if (sql.startsWith('BINARY'))
    return (value.length / 4) * 3 > MAX_BINARY_BYTES + 2 ? `more than ${MAX_BINARY_BYTES} bytes` : null;
  if (!value.isWellFormed()) return HALF_A_PAIR;
  return tooLong(value, MAX_TEXT_BYTES);
}

/** Why the JSON text of a row cannot be sent, or null. */
export function rowProblem(json: string): string | null {
  return tooLong(json, MAX_TEXT_BYTES - BRACKETS) ?? (hasLoneSurrogate(json) ? HALF_A_PAIR : null);
}

/** Why a Kafka timestamp has no place in a column, or null. */
export function instantProblem(timestamp: bigint): string | null {
  return timestamp < FIRST_INSTANT || timestamp > LAST_INSTANT
    ? 'a timestamp outside the years 1 to 9999'
    : null;
}

const HALF_A_PAIR = 'half of a surrogate pair, which no text in UTF-8 can hold';

function tooLong(text: string, limit: number): string | null {
  if (text.length * 3 <= limit) return null;
  return Buffer.byteLength(text, 'utf8') > limit ? `more than ${limit} bytes of text` : null;
}

/** `JSON.stringify` writes only halves of pairs as escapes of this kind; an escaped backslash before one is text. */
function hasLoneSurrogate(json: string): boolean {
  return json.includes('\\ud') && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(json);
}
