import { syntaxError } from '#snowflake/local/sql-error.ts';

export interface Token {
  readonly kind: 'name' | 'quoted' | 'text' | 'number' | 'symbol' | 'end';
  /** A name in upper case, a quoted name and a text without their quotes, everything else as it stands. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const BLANK = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const TOKEN =
  /(?<name>[A-Za-z_][A-Za-z0-9_$]*)|"(?<quoted>(?:[^"]|"")*)"|'(?<text>(?:[^'\\]|''|\\[\s\S])*)'|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<symbol>=>|->|::|\|\||<>|!=|<=|>=|[(),.;:?*+\-/%=<>[\]])/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0' };

/** Splits a statement; unquoted names are folded to upper case, as Snowflake does. */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    BLANK.lastIndex = at;
    BLANK.exec(sql);
    at = BLANK.lastIndex;
    if (at >= sql.length) break;
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(sql);
    if (match === null) throw syntaxError(`unexpected '${sql[at]}' at position ${at}`);
    const { name, quoted, text, number, symbol } = match.groups ?? {};
    const end = TOKEN.lastIndex;
    if (name !== undefined) tokens.push({ kind: 'name', text: name.toUpperCase(), start: at, end });
    else if (quoted !== undefined)
      tokens.push({ kind: 'quoted', text: quoted.replaceAll('""', '"'), start: at, end });
    else if (text !== undefined) tokens.push({ kind: 'text', text: unescaped(text), start: at, end });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, start: at, end });
    else tokens.push({ kind: 'symbol', text: symbol ?? '', start: at, end });
    at = end;
  }
  return [...tokens, { kind: 'end', text: '<end of statement>', start: sql.length, end: sql.length }];
}

function unescaped(text: string): string {
  return text.replace(/''|\\([\s\S])/g, (_, char?: string) =>
    char === undefined ? "'" : (ESCAPES[char] ?? char),
  );
}
