/** What PARSE_JSON makes of a text: the text of a VARIANT, with the members of each object in order of their keys. */

/** A text that is no JSON, or an object with a key twice, which Snowflake refuses (PARSE_JSON in its SQL reference). */
export class JsonTextError extends Error {}

/**
 * JSON in the form that a VARIANT has: no spaces, keys sorted, numbers as they were written.
 * @throws JsonTextError
 */
export function variantText(json: string): string {
  const reader: Reader = { json, at: 0, depth: 0 };
  const text = value(reader);
  blanks(reader);
  if (reader.at < json.length) throw new JsonTextError(`more than one value, position ${reader.at}`);
  return text;
}

interface Reader {
  readonly json: string;
  at: number;
  depth: number;
}

const BLANKS = /[ \t\n\r]*/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const WORD = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const MAX_DEPTH = 1000;

function take(reader: Reader, pattern: RegExp): string | null {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.json)?.[0] ?? null;
  if (found !== null) reader.at += found.length;
  return found;
}

function blanks(reader: Reader): void {
  take(reader, BLANKS);
}

/** True if the next character is this one, which is passed over then. */
function skip(reader: Reader, character: string): boolean {
  blanks(reader);
  if (reader.json[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function expect(reader: Reader, character: string): void {
  if (!skip(reader, character)) throw new JsonTextError(`no ${character} at position ${reader.at}`);
}

function value(reader: Reader): string {
  if (skip(reader, '{')) return nested(reader, object);
  if (skip(reader, '[')) return nested(reader, array);
  const text = string(reader)?.text ?? take(reader, WORD);
  if (text === null) throw new JsonTextError(`no value at position ${reader.at}`);
  return text;
}

/** A string as it stands and as it reads; null if there is none. */
function string(reader: Reader): { readonly text: string; readonly reads: string } | null {
  const text = take(reader, STRING);
  if (text === null) return null;
  try {
    return { text, reads: JSON.parse(text) as string };
  } catch {
    throw new JsonTextError(`no proper string before position ${reader.at}`);
  }
}

function nested(reader: Reader, read: (reader: Reader) => string): string {
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) throw new JsonTextError(`nested deeper than ${MAX_DEPTH}`);
  const text = read(reader);
  reader.depth -= 1;
  return text;
}

function array(reader: Reader): string {
  const items: string[] = [];
  if (skip(reader, ']')) return '[]';
  do items.push(value(reader));
  while (skip(reader, ','));
  expect(reader, ']');
  return `[${items.join(',')}]`;
}

function object(reader: Reader): string {
  const members = new Map<string, string>();
  if (skip(reader, '}')) return '{}';
  do {
    blanks(reader);
    const key = string(reader)?.reads;
    if (key === undefined) throw new JsonTextError(`no key at position ${reader.at}`);
    if (members.has(key)) throw new JsonTextError(`a key twice, position ${reader.at}`);
    expect(reader, ':');
    members.set(key, value(reader));
  } while (skip(reader, ','));
  expect(reader, '}');
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
}
