import { defaultOf } from '#avro/field-default.ts';
import { logicalValueOf } from '#avro/logical-value.ts';
import type { AvroSchema, FixedSchema, PrimitiveSchema } from '#avro/model.ts';
import type { PayloadCursor } from '#avro/payload-cursor.ts';
import type { EnumPlan, Plan, RecordPlan } from '#avro/plan.ts';
import { promote } from '#avro/promote.ts';
import { fieldPath, MAX_RECORD_DEPTH } from '#avro/value-check.ts';
import { ZonerError } from '#core/errors.ts';

/**
 * Follows a plan over the bytes of one payload. This is what decoding means: generated code must give the same value,
 * and asks here why a payload is refused.
 * @throws ZonerError UNDECODABLE, VALUE_INVALID, WRITER_INCOMPATIBLE, with the field path and no value
 */
export function interpretDecode(plan: Plan, cursor: PayloadCursor): unknown {
  const value = read(plan, cursor, '', 0);
  cursor.finish();
  return value;
}

function read(plan: Plan, cursor: PayloadCursor, path: string, depth: number): unknown {
  switch (plan.do) {
    case 'scalar': {
      const { writer, reader } = plan;
      const base = promote(readBase(writer, cursor, path), writer.type, reader.type, path);
      return logicalValueOf(reader)?.fromBase(base, path) ?? base;
    }
    case 'enum':
      return readEnum(plan, cursor, path);
    case 'union': {
      const branch = plan.branches[cursor.index(path, plan.branches.length)];
      return branch === undefined ? undefined : read(branch, cursor, path, depth);
    }
    case 'tag':
      return { kind: plan.kind, value: read(plan.value, cursor, path, depth) };
    case 'array': {
      const items: unknown[] = [];
      cursor.blocks(path, () => items.push(read(plan.item, cursor, `${path}[]`, depth)));
      return items;
    }
    case 'map': {
      const map: Record<string, unknown> = Object.create(null);
      cursor.blocks(path, () => {
        const key = cursor.text(path);
        if (key === '__proto__') cursor.refuse(path, 'a map key is __proto__');
        map[key] = read(plan.value, cursor, `${path}{}`, depth);
      });
      return map;
    }
    case 'record':
      return readRecord(plan, cursor, path, depth);
    default:
      throw new ZonerError('WRITER_INCOMPATIBLE', path === '' ? plan.why : `${path}: ${plan.why}`);
  }
}

function readBase(
  { type, ...schema }: PrimitiveSchema | FixedSchema,
  cursor: PayloadCursor,
  path: string,
): unknown {
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return cursor.boolean(path);
    case 'int':
      return cursor.int(path);
    case 'long':
      return cursor.long(path);
    case 'float':
      return cursor.bytes.readFloatLE(cursor.take(4, path));
    case 'double':
      return cursor.bytes.readDoubleLE(cursor.take(8, path));
    case 'string':
      return cursor.text(path);
    case 'bytes':
      return Buffer.from(cursor.view(cursor.length(path), path));
    default:
      return Buffer.from(cursor.view((schema as FixedSchema).size, path));
  }
}

function readEnum({ symbols }: EnumPlan, cursor: PayloadCursor, path: string): string {
  const symbol = symbols[cursor.index(path, symbols.length)] ?? null;
  if (symbol !== null) return symbol;
  const why = 'written with a symbol that the reader does not have';
  throw new ZonerError('WRITER_INCOMPATIBLE', path === '' ? why : `${path}: ${why}`);
}

function readRecord(plan: RecordPlan, cursor: PayloadCursor, path: string, depth: number): unknown {
  checkDepth(plan.name, cursor, depth);
  const start = cursor.at;
  const slots: unknown[] = Array(plan.fields.length).fill(undefined);
  for (const step of plan.steps) {
    if (step.to === null) skip(step.skip, cursor, fieldPath(path, step.name), depth + 1);
    else {
      const name = plan.fields[step.to]?.field.name ?? '';
      slots[step.to] = read(step.plan, cursor, fieldPath(path, name), depth + 1);
    }
  }
  if (cursor.at === start && plan.steps.length > 0) cursor.countEmpty(path);
  const value: Record<string, unknown> = plan.kind === null ? {} : { kind: plan.kind };
  for (const [index, { field, missing }] of plan.fields.entries()) {
    const { name } = field;
    const given = missing ? defaultOf(field)?.(fieldPath(path, name)) : slots[index];
    // Assigning to this one name would set the prototype.
    if (name === '__proto__')
      Object.defineProperty(value, name, {
        value: given,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    else value[name] = given;
  }
  return value;
}

/** Named by the record, because the path has as many parts as the value has levels. */
function checkDepth(name: string, cursor: PayloadCursor, depth: number): void {
  if (depth >= MAX_RECORD_DEPTH) cursor.refuse(name, `nested deeper than ${MAX_RECORD_DEPTH} records`);
}

/** Passes over what the reader does not want: its lengths are checked, its values are not. */
function skip(schema: AvroSchema, cursor: PayloadCursor, path: string, depth: number): void {
  switch (schema.type) {
    case 'null':
      return;
    case 'int':
    case 'long':
    case 'enum':
      cursor.long(path);
      return;
    case 'boolean':
      cursor.take(1, path);
      return;
    case 'float':
      cursor.take(4, path);
      return;
    case 'double':
      cursor.take(8, path);
      return;
    case 'fixed':
      cursor.take(schema.size, path);
      return;
    case 'string':
    case 'bytes':
      cursor.take(cursor.length(path), path);
      return;
    case 'array':
      cursor.skipBlocks(path, () => skip(schema.items, cursor, `${path}[]`, depth));
      return;
    case 'map':
      cursor.skipBlocks(path, () => {
        cursor.take(cursor.length(path), path);
        skip(schema.values, cursor, `${path}{}`, depth);
      });
      return;
    case 'union': {
      const branch = schema.branches[cursor.index(path, schema.branches.length)];
      if (branch !== undefined) skip(branch, cursor, path, depth);
      return;
    }
    default: {
      checkDepth(schema.name, cursor, depth);
      const start = cursor.at;
      for (const field of schema.fields) skip(field.schema, cursor, fieldPath(path, field.name), depth + 1);
      if (cursor.at === start && schema.fields.length > 0) cursor.countEmpty(path);
    }
  }
}
