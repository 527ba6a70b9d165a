/** Longer unions are broken, one branch a line. */
const WIDTH = 110;

/**
 * Lays out what json-schema-to-typescript prints without its own formatter, which takes most of its time: it writes a
 * member a line, without indentation and semicolons. Braces stand at the ends of lines and nowhere in names, so that
 * counting them is enough.
 */
export function formatTypes(printed: string): string {
  const lines: string[] = [];
  let depth = 0;
  let comment = false;
  for (const raw of printed.split('\n')) {
    const line = raw.trim();
    if (line === '' && !comment) continue;
    const isFirst =
      depth === 0 && (line.startsWith('/**') || (line.startsWith('export') && !lines.at(-1)?.endsWith('*/')));
    if (isFirst && !comment && lines.length > 0) lines.push('');
    if (line.startsWith('/**')) comment = true;
    if (comment) {
      lines.push(indent(depth, line.startsWith('*') ? ` ${line}` : line === '' ? ' *' : line));
      if (line.endsWith('*/')) comment = false;
      continue;
    }
    const closes = line.startsWith('}') || line.startsWith(')');
    if (closes) depth -= 1;
    lines.push(...finished(line.replace(/"([^"'\\]*)"/g, "'$1'"), depth));
    if (line.endsWith('{')) depth += 1;
  }
  return `${lines.join('\n')}\n`;
}

function indent(depth: number, line: string): string {
  return `${'  '.repeat(depth)}${line}`.trimEnd();
}

function finished(line: string, depth: number): readonly string[] {
  if (line.endsWith('{')) return [indent(depth, line)];
  if (depth === 0 && !line.startsWith('export type')) return [indent(depth, line)];
  const whole = `${indent(depth, withoutParentheses(line))};`;
  if (whole.length <= WIDTH) return [whole];
  const [head = '', value = ''] = split(withoutParentheses(line));
  const branches = value.split(' | ');
  if (branches.length < 2 || /[({[]/.test(value)) return [whole];
  return [
    indent(depth, head),
    ...branches.map((each, at) => indent(depth + 1, `| ${each}${at < branches.length - 1 ? '' : ';'}`)),
  ];
}

/** `export type A =` and its union, or `name:` and its. */
function split(line: string): readonly [string, string] {
  const at = line.startsWith('export type') ? line.indexOf(' = ') + 2 : line.indexOf(': ') + 1;
  return [line.slice(0, at), line.slice(at + 1)];
}

/** `a: (A | B)` -> `a: A | B`. */
function withoutParentheses(line: string): string {
  const match = /^(.*?(?:: | = ))\(([^()]*)\)$/.exec(line);
  return match === null ? line : `${match[1]}${match[2]}`;
}
