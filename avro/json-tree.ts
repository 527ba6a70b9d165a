import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Position, SchemaJson } from '#avro/model.ts';
import type { Problem } from '#avro/problems.ts';

/** JSON text with places. Comments are allowed, as in Avro Java. */
export interface JsonTree {
  /** Null if the text is not JSON; `problems` then says why. */
  readonly root: Node | null;
  readonly problems: readonly Problem[];
  positionOf(node: Node): Position;
  /** The value of a node; numbers keep their text. */
  valueOf(node: Node): SchemaJson;
}

export function parseJsonTree(text: string, file: string | null): JsonTree {
  const lineStarts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lineStarts.push(i + 1);
  const positionAt = (offset: number): Position => {
    let [line, beyond] = [0, lineStarts.length];
    while (beyond - line > 1) {
      const middle = (line + beyond) >> 1;
      if ((lineStarts[middle] ?? 0) <= offset) line = middle;
      else beyond = middle;
    }
    return { file, line: line + 1, column: offset - (lineStarts[line] ?? 0) + 1 };
  };
  const errors: ParseError[] = [];
  const deep = tooDeep(text);
  // A parser that recurses must not see text that would exhaust its stack.
  const root =
    deep === null
      ? (parseTree(text, errors, { allowTrailingComma: false, disallowComments: false }) ?? null)
      : null;
  // What a parser says after the first error follows from how it went on.
  const problems: Problem[] = errors.slice(0, 1).map(({ error, offset }) => ({
    position: positionAt(offset),
    message: text.startsWith('\ufeff')
      ? 'the file begins with a byte order mark; save it as UTF-8 without one'
      : `not valid JSON: ${sentenceOf(printParseErrorCode(error))}`,
  }));
  if (deep !== null)
    problems.push({ position: positionAt(deep), message: `nested deeper than ${MAX_DEPTH} levels` });
  else if (root === null && problems.length === 0)
    problems.push({ position: positionAt(0), message: 'the file is empty' });
  const toValue = (node: Node): SchemaJson => {
    if (node.type === 'number') return { number: text.slice(node.offset, node.offset + node.length) };
    if (node.type === 'array') return (node.children ?? []).map(toValue);
    if (node.type === 'object')
      return { object: new Map(membersOf(node).map(({ key, value }) => [key, toValue(value)])) };
    return node.value as null | boolean | string;
  };
  return {
    root: problems.length === 0 ? root : null,
    problems,
    positionOf: (node) => positionAt(node.offset),
    valueOf: toValue,
  };
}

/** As deep as the JSON parser of Avro Java goes (Jackson, StreamReadConstraints). */
const MAX_DEPTH = 1000;

/** Where text opens one array or object too many inside each other, or null. */
function tooDeep(text: string): number | null {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (;;) {
    scanner.scan();
    const at = scanner.getTokenOffset();
    const first = text[at];
    if (first === undefined) return null;
    if (first === '{' || first === '[') depth += 1;
    if (first === '}' || first === ']') depth -= 1;
    if (depth > MAX_DEPTH) return at;
  }
}

/** The members of an object, in order. */
export function membersOf(node: Node): readonly { readonly key: string; readonly value: Node }[] {
  return (node.children ?? []).flatMap(({ children }) => {
    const [key, value] = children ?? [];
    return key !== undefined && value !== undefined ? [{ key: String(key.value), value }] : [];
  });
}

/** The value of a member, or undefined; of a member that stands there twice, the last, as JSON parsers do. */
export function memberOf(node: Node, key: string): Node | undefined {
  return membersOf(node).findLast((member) => member.key === key)?.value;
}

/** JSON text of a value, compact; equal values have equal text. */
export function writeJson(value: SchemaJson): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if ('number' in value) return value.number;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  const members = [...(value as { object: ReadonlyMap<string, SchemaJson> }).object];
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${writeJson(member)}`).join(',')}}`;
}

/** `ColonExpected` -> `colon expected`. */
function sentenceOf(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
