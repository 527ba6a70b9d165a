import type { AvroSchema, LogicalType } from '#avro/model.ts';
import { unionForm } from '#avro/union-form.ts';

/** Deeper than this, a schema that refers to itself gets the smallest value there is. */
const DEEPEST = 3;

/** A value of the schema in its JSON form: always the same, with text that has to be quoted. */
export function exampleJson(schema: AvroSchema, depth = 0): unknown {
  if ('logicalType' in schema && schema.logicalType !== null) return logical(schema.logicalType);
  switch (schema.type) {
    case 'null':
      return null;
    case 'boolean':
      return true;
    case 'int':
      return -7;
    case 'long':
      return '9007199254740993';
    case 'float':
    case 'double':
      return 1.5;
    case 'string':
      return `it's "so" \\ ä`;
    case 'bytes':
      return '/wA=';
    case 'fixed':
      return Buffer.alloc(schema.size, 0xa5).toString('base64');
    case 'enum':
      return schema.symbols[0];
    case 'array':
      return depth > DEEPEST ? [] : [exampleJson(schema.items, depth + 1)];
    case 'map':
      return depth > DEEPEST ? {} : { b: exampleJson(schema.values, depth + 1) };
    case 'union':
      return unionValue(schema, depth);
    case 'record':
    case 'error':
      return Object.fromEntries(
        schema.fields.map((field) => [field.name, exampleJson(field.schema, depth + 1)]),
      );
  }
}

function unionValue(schema: Extract<AvroSchema, { type: 'union' }>, depth: number): unknown {
  const union = unionForm(schema);
  if (depth > DEEPEST && union.nullable) return null;
  if (union.form === 'plain') return union.branch === null ? null : exampleJson(union.branch, depth);
  const [[kind, branch] = []] = union.kinds;
  if (branch === undefined) return null;
  const value = exampleJson(branch, depth);
  return union.form === 'records' ? { kind, ...(value as object) } : { kind, value };
}

const DIGITS: Readonly<Record<string, string>> = { millis: '.123', micros: '.123456', nanos: '.123456789' };

function logical(type: LogicalType): unknown {
  const digits = DIGITS[type.name.slice(type.name.lastIndexOf('-') + 1)] ?? '';
  switch (type.name) {
    case 'decimal':
      return type.scale === 0 ? '7' : `0.${'5'.padStart(type.scale, '0')}`;
    case 'uuid':
      return '1b4e28ba-2fa1-11d2-883f-0016d3cca427';
    case 'date':
      return '2026-03-02';
    case 'time-millis':
    case 'time-micros':
      return `07:30:00${digits}`;
    case 'duration':
      return { months: 1, days: 2, millis: 3 };
    default:
      return `2026-03-02T07:30:00${digits}${type.name.startsWith('local-') ? '' : 'Z'}`;
  }
}
