/** Decoded values as TypeScript source, for the test that holds the generated types to them. */
import type {
  AvroSchema,
  FixedSchema,
  LogicalType,
  PrimitiveSchema,
  RecordSchema,
  UnionSchema,
} from '#avro/model.ts';
import { isRecord, unionForm } from '#avro/union-form.ts';
import { tsScalar } from '#codegen/ts-scalars.ts';

/** How a literal departs from its value. */
export interface Departures {
  /** The node of the value, counted in the order of printing, that is printed as something its type refuses. */
  readonly spoilt?: number;
  /** Fields to leave out, decided for each. */
  readonly leftOut?: (record: RecordSchema, field: RecordSchema['fields'][number]) => boolean;
  readonly random: () => number;
}

export interface Literal {
  readonly text: string;
  readonly nodes: number;
}

/** What would be right at a place besides the values of the schema there. */
interface Allowed {
  readonly null?: true;
  readonly undefined?: true;
}

/** The literal of a value, in one line. */
export function literalOf(schema: AvroSchema, value: unknown, departures: Departures): Literal {
  const printer = new Printer(departures);
  const text = printer.print(schema, value, {});
  return { text, nodes: printer.nodes };
}

type Members = Readonly<Record<string, unknown>>;

class Printer {
  nodes = 0;
  readonly #departures: Departures;

  constructor(departures: Departures) {
    this.#departures = departures;
  }

  print(schema: AvroSchema, value: unknown, allowed: Allowed): string {
    const node = this.nodes;
    this.nodes += 1;
    if (node === this.#departures.spoilt) return this.#spoil(schema, value, allowed);
    switch (schema.type) {
      case 'record':
      case 'error':
        return this.#record(schema, value as Members, null);
      case 'array':
        return `[${(value as readonly unknown[]).map((item) => this.print(schema.items, item, {})).join(', ')}]`;
      case 'map': {
        // Of a property called constructor tsc takes the context from Object, so that its literal would be wider.
        const entries = Object.entries(value as Members).filter(([key]) => key !== 'constructor');
        return `{ ${entries.map(([key, item]) => `${JSON.stringify(key)}: ${this.print(schema.values, item, { undefined: true })}`).join(', ')} }`;
      }
      case 'enum':
        return textLiteral(value);
      case 'union': {
        const union = unionForm(schema);
        if (value === null) return 'null';
        if (union.form === 'plain')
          return this.print(
            union.branch as AvroSchema,
            value,
            union.nullable ? { ...allowed, null: true } : allowed,
          );
        const { kind, value: inner } = value as { kind: string; value: unknown };
        const branch = union.kinds.get(kind) as AvroSchema;
        if (union.form === 'records') return this.#record(branch as RecordSchema, value as Members, kind);
        return `{ kind: ${JSON.stringify(kind)}, value: ${this.print(branch, inner, {})} }`;
      }
      default:
        return scalar(schema, value);
    }
  }

  #record(
    schema: RecordSchema,
    value: Members,
    kind: string | null,
    surplus: readonly string[] = [],
  ): string {
    const { leftOut } = this.#departures;
    const fields = schema.fields
      .filter((field) => leftOut?.(schema, field) !== true)
      .map(({ name, schema: inner }) => `${JSON.stringify(name)}: ${this.print(inner, value[name], {})}`);
    const tag = kind === null ? [] : [`kind: ${JSON.stringify(kind)}`];
    return `{ ${[...tag, ...fields, ...surplus].join(', ')} }`;
  }

  #spoil(schema: AvroSchema, value: unknown, allowed: Allowed): string {
    const mayBeNull = allowed.null || schema.type === 'null' || schema.type === 'union';
    const choices = [...(allowed.undefined ? [] : ['undefined']), ...(mayBeNull ? [] : ['null'])];
    if (isRecord(schema)) {
      const [first] = schema.fields;
      const less = Object.fromEntries(
        schema.fields.slice(1).map(({ name }) => [name, (value as Members)[name]]),
      );
      choices.push(this.#record(schema, value as Members, null, ['surplus: 1']), '1');
      if (first !== undefined)
        choices.push(this.#record({ ...schema, fields: schema.fields.slice(1) }, less, null));
    } else if (schema.type === 'union') {
      const { form } = unionForm(schema);
      choices.push('Symbol()');
      if (form === 'tagged') choices.push('{ kind: "no such kind", value: 1 }', '{ value: 1 }');
      if (form === 'records') choices.push('{ kind: "no such kind" }', '{}');
      if (form === 'records' && value !== null)
        choices.push(this.#record(this.#branchOf(schema, value), value as Members, null));
    } else {
      choices.push(...wrong(schema));
    }
    return choices[Math.floor(this.#departures.random() * choices.length)] ?? 'undefined';
  }

  #branchOf(schema: UnionSchema, value: unknown): RecordSchema {
    const union = unionForm(schema);
    const branch = union.form === 'plain' ? null : union.kinds.get((value as { kind: string }).kind);
    return branch as RecordSchema;
  }
}

function scalar(schema: PrimitiveSchema | FixedSchema, value: unknown): string {
  const { tsType } = tsScalar(schema);
  if (schema.logicalType !== null) return logical(schema.logicalType, String(tsType), value);
  if (value instanceof Uint8Array) return `new Uint8Array([${[...value].join(', ')}])`;
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'string' ? textLiteral(value) : numberText(value);
}

/** tsc takes a line separator for the end of a line. */
function textLiteral(text: unknown): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028');
}

function numberText(value: unknown): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function logical(type: LogicalType, tsType: string, value: unknown): string {
  if (type.name === 'timestamp-millis') return `new Date(${(value as Date).getTime()})`;
  if (type.name === 'duration') return JSON.stringify(value);
  if (type.name === 'decimal') {
    const { unscaled, scale } = value as { unscaled: bigint; scale: number };
    return `{ unscaled: ${unscaled}n, scale: ${scale}, toString: () => '' }`;
  }
  // Only the right kind of literal can be asserted to have the brand.
  const text = typeof value === 'bigint' ? `${value}n` : JSON.stringify(value);
  return `(${text} as ${tsType})`;
}

/** Literals that no type of this kind takes; a brand takes no literal at all. */
function wrong(schema: Exclude<AvroSchema, UnionSchema | RecordSchema>): readonly string[] {
  switch (schema.type) {
    case 'array':
      return ['{}', '"x"', '1'];
    case 'map':
      return ['1', '"x"', 'true'];
    case 'enum':
      return ['"no such symbol"', '0'];
    case 'null':
      return ['0', '""'];
    case 'boolean':
      return ['"true"', '1'];
    default:
      if (schema.logicalType !== null) return ['1', '"2026-03-02"', '1n', '1.5', '{ months: 1 }', 'true'];
      if (schema.type === 'string') return ['1', 'true'];
      if (schema.type === 'long') return ['1', '"1"'];
      return schema.type === 'bytes' || schema.type === 'fixed' ? ['"AA=="', '[1]', '1'] : ['"1"', '1n'];
  }
}
