import type { Expression, Order, Window } from '#snowflake/local/ast.ts';
import { cast, comparable, sameType, type Typed } from '#snowflake/local/cast.ts';
import { builderOf } from '#snowflake/local/functions.ts';
import { resolveName, type Scope } from '#snowflake/local/scope.ts';
import { compilationError, unsupported } from '#snowflake/local/sql-error.ts';
import { type SqlType, TYPES } from '#snowflake/local/sql-type.ts';

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

/** DuckDB text of an expression, with its type. @throws SqlError */
export function generateExpression(expression: Expression, scope: Scope): Typed {
  const typed = (each: Expression): Typed => generateExpression(each, scope);
  switch (expression.kind) {
    case 'literal':
      return literal(expression.value);
    case 'number':
      return number(expression.text);
    case 'bind':
      return { sql: `$${expression.index}::VARCHAR`, type: TYPES.text };
    case 'star':
      throw unsupported('* here');
    case 'name':
      return resolveName(scope, expression.parts);
    case 'path': {
      const of = typed(expression.of);
      if (of.type.name !== 'VARIANT') {
        throw compilationError('001044', '42P13', "Invalid argument types for function 'GET'");
      }
      return { sql: `json_extract(${of.sql}, ${pathText(expression.steps)})`, type: TYPES.variant };
    }
    case 'cast':
      return cast(typed(expression.of), expression.type);
    case 'unary':
      return unary(expression, typed(expression.of));
    case 'binary':
      return binary(expression.operator, typed(expression.left), typed(expression.right));
    case 'is-null':
      return {
        sql: `(${comparable(typed(expression.of))} IS ${expression.not ? 'NOT ' : ''}NULL)`,
        type: TYPES.boolean,
      };
    case 'between': {
      const [of, low, high] = sameType([expression.of, expression.low, expression.high].map(typed)).map(
        comparable,
      );
      return { sql: `(${of} BETWEEN ${low} AND ${high})`, type: TYPES.boolean };
    }
    case 'in': {
      const [of, ...list] = sameType([expression.of, ...expression.list].map(typed)).map(comparable);
      return { sql: `(${of} ${expression.not ? 'NOT ' : ''}IN (${list.join(', ')}))`, type: TYPES.boolean };
    }
    case 'case':
      return caseOf(expression, typed);
    case 'call':
      return call(expression, scope);
  }
}

function literal(value: string | boolean | null): Typed {
  if (value === null) return { sql: 'NULL', type: TYPES.null };
  if (typeof value === 'boolean') return { sql: String(value), type: TYPES.boolean };
  return { sql: textLiteral(value), type: TYPES.text };
}

function number(text: string): Typed {
  if (/e/i.test(text)) return { sql: `CAST(${text} AS DOUBLE)`, type: TYPES.float };
  const [whole = '', fraction = ''] = text.split('.');
  const type: SqlType = {
    name: 'NUMBER',
    size: Math.max(1, whole.length + fraction.length),
    scale: fraction.length,
  };
  return { sql: `CAST('${text}' AS DECIMAL(38,${fraction.length}))`, type };
}

function unary({ operator }: Of<'unary'>, of: Typed): Typed {
  if (operator === 'NOT') return { sql: `(NOT ${cast(of, TYPES.boolean).sql})`, type: TYPES.boolean };
  return { sql: `(- ${of.sql})`, type: of.type };
}

const COMPARISONS = new Set(['=', '<>', '!=', '<', '<=', '>', '>=']);

function binary(operator: string, left: Typed, right: Typed): Typed {
  if (operator === 'AND' || operator === 'OR') {
    return {
      sql: `(${cast(left, TYPES.boolean).sql} ${operator} ${cast(right, TYPES.boolean).sql})`,
      type: TYPES.boolean,
    };
  }
  if (operator === '||' || operator === 'LIKE' || operator === 'ILIKE') {
    const sql = `(${cast(left, TYPES.text).sql} ${operator} ${cast(right, TYPES.text).sql})`;
    return { sql, type: operator === '||' ? TYPES.text : TYPES.boolean };
  }
  if (COMPARISONS.has(operator)) {
    const [a, b] = sameType([left, right]).map(comparable);
    return { sql: `(${a} ${operator} ${b})`, type: TYPES.boolean };
  }
  return arithmetic(operator, left, right);
}

/** Snowflake adds six digits to the scale of a quotient, and the scales of a product. */
function arithmetic(operator: string, left: Typed, right: Typed): Typed {
  const asNumber = (each: Typed): Typed =>
    each.type.name === 'NUMBER' || each.type.name === 'FLOAT' ? each : cast(each, TYPES.integer);
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a.type.name === 'FLOAT' || b.type.name === 'FLOAT') {
    return {
      sql: `(${cast(a, TYPES.float).sql} ${operator} ${cast(b, TYPES.float).sql})`,
      type: TYPES.float,
    };
  }
  const [s, t] = [a.type.scale ?? 0, b.type.scale ?? 0];
  const scale =
    operator === '/' ? Math.min(37, Math.max(s, 6)) : operator === '*' ? Math.min(37, s + t) : Math.max(s, t);
  const type: SqlType = { name: 'NUMBER', size: 38, scale };
  if (operator === '/') {
    const zero = `CASE WHEN ${b.sql} = 0 THEN error('division by zero') ELSE ${b.sql} END`;
    return { sql: `CAST(CAST(${a.sql} AS DOUBLE) / CAST(${zero} AS DOUBLE) AS DECIMAL(38,${scale}))`, type };
  }
  const wide = (each: Typed): string =>
    `CAST(${each.sql} AS DECIMAL(38,${operator === '*' ? (each.type.scale ?? 0) : scale}))`;
  if (operator === '*')
    return {
      sql: `CAST(CAST(${a.sql} AS DECIMAL(18,${Math.min(s, 17)})) * CAST(${b.sql} AS DECIMAL(18,${Math.min(t, 17)})) AS DECIMAL(38,${scale}))`,
      type,
    };
  return { sql: `CAST(${wide(a)} ${operator} ${wide(b)} AS DECIMAL(38,${scale}))`, type };
}

function caseOf({ branches, otherwise }: Of<'case'>, typed: (each: Expression) => Typed): Typed {
  const results = sameType([
    ...branches.map(({ result }) => typed(result)),
    ...(otherwise === null ? [] : [typed(otherwise)]),
  ]);
  const parts = branches.map(({ when }, index) => {
    return `WHEN ${cast(typed(when), TYPES.boolean).sql} THEN ${results[index]?.sql}`;
  });
  const last = otherwise === null ? '' : ` ELSE ${results.at(-1)?.sql}`;
  return { sql: `CASE ${parts.join(' ')}${last} END`, type: results[0]?.type ?? TYPES.null };
}

/** A member's name is compared with its case; so are the keys of JSON. */
function pathText(steps: readonly (string | number)[]): string {
  const path = steps.map((step) =>
    typeof step === 'number' ? `[${step}]` : `."${step.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  );
  return textLiteral(`$${path.join('')}`);
}

function call({ name, distinct, args, over }: Of<'call'>, scope: Scope): Typed {
  const isCount = name === 'COUNT' && args[0]?.kind === 'star';
  const [first, ...rest] = args;
  // The unit is a word, not a column.
  const isUnit = (name === 'DATEADD' || name === 'DATE_PART') && first?.kind === 'name';
  const typed = isCount
    ? []
    : isUnit
      ? [
          { sql: textLiteral(first.parts[0] ?? ''), type: TYPES.text },
          ...rest.map((each) => generateExpression(each, scope)),
        ]
      : args.map((each) => generateExpression(each, scope));
  const built = isCount ? { sql: 'count(*)', type: TYPES.integer } : builderOf(name)(typed);
  const withDistinct = distinct ? built.sql.replace('(', '(DISTINCT ') : built.sql;
  const window = over === null ? '' : ` OVER (${windowText(over, scope)})`;
  return { sql: `${withDistinct}${window}`, type: built.type };
}

function windowText({ partitionBy, orderBy }: Window, scope: Scope): string {
  const partition = partitionBy.map((each) => comparable(generateExpression(each, scope))).join(', ');
  const parts = partition === '' ? [] : [`PARTITION BY ${partition}`];
  return [...parts, ...(orderBy.length === 0 ? [] : [`ORDER BY ${orderText(orderBy, scope)}`])].join(' ');
}

/** Snowflake sorts NULL as the largest value. */
export function orderText(orders: readonly Order[], scope: Scope): string {
  return orders
    .map(({ by, descending }) => {
      const position = by.kind === 'number' ? by.text : comparable(generateExpression(by, scope));
      return `${position} ${descending ? 'DESC NULLS FIRST' : 'ASC NULLS LAST'}`;
    })
    .join(', ');
}
