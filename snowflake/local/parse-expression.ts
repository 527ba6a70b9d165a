import type { Expression, Order, Window } from '#snowflake/local/ast.ts';
import { type SqlType, sqlType } from '#snowflake/local/sql-type.ts';
import type { TokenReader } from '#snowflake/local/token-reader.ts';

/** Operators by how loosely they bind, the loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['OR'],
  ['AND'],
  ['=', '<>', '!=', '<', '<=', '>', '>=', 'LIKE', 'ILIKE'],
  ['||'],
  ['+', '-'],
  ['*', '/', '%'],
];
const NOT_LEVEL = 2;
const COMPARISON = 2;

export function parseExpression(reader: TokenReader, level = 0): Expression {
  if (level === NOT_LEVEL && reader.take('NOT')) {
    return { kind: 'unary', operator: 'NOT', of: parseExpression(reader, level) };
  }
  const operators = LEVELS[level];
  if (operators === undefined) return parseUnary(reader);
  let left = parseExpression(reader, level + 1);
  for (;;) {
    const operator = operators.find((each) => reader.at(each));
    if (operator !== undefined) {
      reader.next();
      left = { kind: 'binary', operator, left, right: parseExpression(reader, level + 1) };
      continue;
    }
    const predicate = level === COMPARISON ? parsePredicate(reader, left) : null;
    if (predicate === null) return left;
    left = predicate;
  }
}

/** IS NULL, IN and BETWEEN, which follow their operand. */
function parsePredicate(reader: TokenReader, of: Expression): Expression | null {
  if (reader.take('IS', 'NOT', 'NULL')) return { kind: 'is-null', of, not: true };
  if (reader.take('IS', 'NULL')) return { kind: 'is-null', of, not: false };
  if (reader.take('BETWEEN')) {
    const low = parseExpression(reader, COMPARISON + 1);
    reader.expect('AND');
    return { kind: 'between', of, low, high: parseExpression(reader, COMPARISON + 1) };
  }
  const not = reader.at('NOT', 'IN');
  if (!not && !reader.at('IN')) return null;
  reader.take('NOT');
  reader.expect('IN', '(');
  const list = reader.list(() => parseExpression(reader));
  reader.expect(')');
  return { kind: 'in', of, list, not };
}

function parseUnary(reader: TokenReader): Expression {
  if (reader.take('-')) return { kind: 'unary', operator: '-', of: parseUnary(reader) };
  return parsePostfix(reader, parsePrimary(reader));
}

/** Casts and VARIANT paths: `v:a.b[0]::NUMBER(10,0)`. */
function parsePostfix(reader: TokenReader, primary: Expression): Expression {
  let of = primary;
  for (;;) {
    if (reader.take('::')) of = { kind: 'cast', of, type: parseType(reader) };
    else if (reader.at(':') || reader.at('[')) of = { kind: 'path', of, steps: parsePath(reader) };
    else return of;
  }
}

function parsePath(reader: TokenReader): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  for (;;) {
    if (reader.take('[')) {
      const token = reader.next();
      if (token.kind !== 'number' && token.kind !== 'text') throw reader.unexpected(token);
      steps.push(token.kind === 'number' ? Number(token.text) : token.text);
      reader.expect(']');
    } else if (steps.length === 0 ? reader.take(':') : reader.take('.')) {
      steps.push(reader.pathStep());
    } else return steps;
  }
}

export function parseType(reader: TokenReader): SqlType {
  const word = reader.name();
  if (!reader.take('(')) return sqlType(word, []);
  const args = reader.list(() => {
    const token = reader.next();
    if (token.kind !== 'number') throw reader.unexpected(token);
    return Number(token.text);
  });
  reader.expect(')');
  return sqlType(word, args);
}

function parsePrimary(reader: TokenReader): Expression {
  const token = reader.peek();
  if (reader.take('?')) {
    reader.binds += 1;
    return { kind: 'bind', index: reader.binds };
  }
  if (reader.take('*')) return { kind: 'star', of: null };
  if (reader.take('(')) {
    const inner = parseExpression(reader);
    reader.expect(')');
    return inner;
  }
  if (token.kind === 'number') return { kind: 'number', text: reader.next().text };
  if (token.kind === 'text') return { kind: 'literal', value: reader.next().text };
  if (reader.take('NULL')) return { kind: 'literal', value: null };
  if (reader.take('TRUE')) return { kind: 'literal', value: true };
  if (reader.take('FALSE')) return { kind: 'literal', value: false };
  if (reader.take('CASE')) return parseCase(reader);
  if (reader.take('CAST', '(')) {
    const of = parseExpression(reader);
    reader.expect('AS');
    const type = parseType(reader);
    reader.expect(')');
    return { kind: 'cast', of, type };
  }
  if (token.kind === 'name' && reader.peek(1).text === '(' && reader.peek(1).kind === 'symbol')
    return parseCall(reader);
  return parseName(reader);
}

function parseName(reader: TokenReader): Expression {
  const parts = [reader.name()];
  while (reader.take('.')) {
    if (reader.take('*')) return { kind: 'star', of: parts.at(-1) ?? null };
    parts.push(reader.name());
  }
  return { kind: 'name', parts };
}

function parseCase(reader: TokenReader): Expression {
  const branches: { when: Expression; result: Expression }[] = [];
  while (reader.take('WHEN')) {
    const when = parseExpression(reader);
    reader.expect('THEN');
    branches.push({ when, result: parseExpression(reader) });
  }
  const otherwise = reader.take('ELSE') ? parseExpression(reader) : null;
  reader.expect('END');
  if (branches.length === 0) throw reader.unexpected();
  return { kind: 'case', branches, otherwise };
}

function parseCall(reader: TokenReader): Expression {
  const name = reader.name();
  reader.expect('(');
  const distinct = reader.take('DISTINCT');
  const args = reader.at(')') ? [] : reader.list(() => parseExpression(reader));
  reader.expect(')');
  return { kind: 'call', name, distinct, args, over: reader.take('OVER') ? parseWindow(reader) : null };
}

function parseWindow(reader: TokenReader): Window {
  reader.expect('(');
  const partitionBy = reader.take('PARTITION', 'BY') ? reader.list(() => parseExpression(reader)) : [];
  const orderBy = reader.take('ORDER', 'BY') ? parseOrders(reader) : [];
  reader.expect(')');
  return { partitionBy, orderBy };
}

export function parseOrders(reader: TokenReader): readonly Order[] {
  return reader.list(() => {
    const by = parseExpression(reader);
    const descending = reader.take('DESC');
    if (!descending) reader.take('ASC');
    return { by, descending };
  });
}
