import type { Expression, Order } from '#snowflake/local/ast.ts';
import { type Kind, resolveName, type Scope } from '#snowflake/local/scope.ts';
import { unsupported } from '#snowflake/local/sql-error.ts';
import { duckdbType } from '#snowflake/local/sql-type.ts';

/** DuckDB text of an expression, and whether its value is a VARIANT. */
export interface Generated {
  readonly sql: string;
  readonly kind: Kind;
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function generateExpression(expression: Expression, scope: Scope): Generated {
  const sqlOf = (each: Expression): string => generateExpression(each, scope).sql;
  const plain = (sql: string): Generated => ({ sql, kind: 'plain' });
  switch (expression.kind) {
    case 'literal':
      return plain(
        typeof expression.value === 'string'
          ? textLiteral(expression.value)
          : String(expression.value ?? 'NULL'),
      );
    case 'number':
      return plain(expression.text);
    case 'bind':
      return plain(`$${expression.index}`);
    case 'star':
      return plain(expression.of === null ? '*' : `${quote(expression.of)}.*`);
    case 'name':
      return { sql: expression.parts.map(quote).join('.'), kind: resolveName(scope, expression.parts) };
    case 'path':
      return { sql: `json_extract(${sqlOf(expression.of)}, ${pathText(expression.steps)})`, kind: 'variant' };
    case 'cast':
      return generateCast(expression, scope);
    case 'unary':
      return plain(`(${expression.operator} ${sqlOf(expression.of)})`);
    case 'binary':
      return plain(`(${sqlOf(expression.left)} ${expression.operator} ${sqlOf(expression.right)})`);
    case 'is-null':
      return plain(`(${sqlOf(expression.of)} IS ${expression.not ? 'NOT ' : ''}NULL)`);
    case 'between':
      return plain(
        `(${sqlOf(expression.of)} BETWEEN ${sqlOf(expression.low)} AND ${sqlOf(expression.high)})`,
      );
    case 'in':
      return plain(
        `(${sqlOf(expression.of)} ${expression.not ? 'NOT ' : ''}IN (${expression.list.map(sqlOf).join(', ')}))`,
      );
    case 'case': {
      const branches = expression.branches.map(
        ({ when, result }) => `WHEN ${sqlOf(when)} THEN ${sqlOf(result)}`,
      );
      const otherwise = expression.otherwise === null ? '' : ` ELSE ${sqlOf(expression.otherwise)}`;
      return plain(`CASE ${branches.join(' ')}${otherwise} END`);
    }
    case 'call':
      return generateCall(expression, scope);
  }
}

/** A VARIANT's scalar is cast by its text, without the quotes of JSON; JSON null becomes NULL. */
function generateCast({ of, type }: Extract<Expression, { kind: 'cast' }>, scope: Scope): Generated {
  const inner = generateExpression(of, scope);
  if (type.name === 'VARIANT') {
    return { sql: inner.kind === 'variant' ? inner.sql : `to_json(${inner.sql})`, kind: 'variant' };
  }
  const value = inner.kind === 'variant' ? `(${inner.sql} ->> '$')` : inner.sql;
  return { sql: `CAST(${value} AS ${duckdbType(type)})`, kind: 'plain' };
}

function pathText(steps: readonly (string | number)[]): string {
  const path = steps.map((step) =>
    typeof step === 'number' ? `[${step}]` : `."${step.replaceAll('"', '\\"')}"`,
  );
  return textLiteral(`$${path.join('')}`);
}

/** Functions that mean the same in both, by their name in DuckDB. */
const SAME: Readonly<Record<string, string>> = {
  ABS: 'abs',
  AVG: 'avg',
  COALESCE: 'coalesce',
  COUNT: 'count',
  COUNT_IF: 'count_if',
  IFF: 'if',
  LENGTH: 'length',
  LOWER: 'lower',
  MAX: 'max',
  MIN: 'min',
  NULLIF: 'nullif',
  REPLACE: 'replace',
  ROUND: 'round',
  ROW_NUMBER: 'row_number',
  SUM: 'sum',
  UPPER: 'upper',
};

/** Functions that give back a VARIANT if they are given one. */
const PASSING = new Set(['COALESCE', 'MAX', 'MIN', 'NULLIF']);

function generateCall(call: Extract<Expression, { kind: 'call' }>, scope: Scope): Generated {
  const { name, args, distinct, over } = call;
  const generated = args.map((arg) => generateExpression(arg, scope));
  const [first = '', second = ''] = generated.map(({ sql }) => sql);
  if (name === 'PARSE_JSON' && args.length === 1) return { sql: `CAST(${first} AS JSON)`, kind: 'variant' };
  if (name === 'TO_BINARY' && args.length === 2) {
    return {
      sql: `CASE ${second} WHEN 'BASE64' THEN from_base64(${first}) ELSE unhex(${first}) END`,
      kind: 'plain',
    };
  }
  if (name === 'TYPEOF' && args.length === 1) {
    return { sql: `json_type(${first})`, kind: 'plain' };
  }
  const known = Object.hasOwn(SAME, name) ? SAME[name] : undefined;
  if (known === undefined) throw unsupported(`the function ${name}`);
  const window = over === null ? '' : ` OVER (${windowText(over.partitionBy, over.orderBy, scope)})`;
  const sql = `${known}(${distinct ? 'DISTINCT ' : ''}${generated.map((each) => each.sql).join(', ')})${window}`;
  return { sql, kind: PASSING.has(name) && generated[0]?.kind === 'variant' ? 'variant' : 'plain' };
}

function windowText(partitionBy: readonly Expression[], orderBy: readonly Order[], scope: Scope): string {
  const partition = partitionBy.map((each) => generateExpression(each, scope).sql).join(', ');
  const parts = partition === '' ? [] : [`PARTITION BY ${partition}`];
  return [...parts, ...(orderBy.length === 0 ? [] : [`ORDER BY ${orderText(orderBy, scope)}`])].join(' ');
}

/** Snowflake sorts NULL as the largest value. */
export function orderText(orders: readonly Order[], scope: Scope): string {
  return orders
    .map(({ by, descending }) => {
      return `${generateExpression(by, scope).sql} ${descending ? 'DESC NULLS FIRST' : 'ASC NULLS LAST'}`;
    })
    .join(', ');
}
