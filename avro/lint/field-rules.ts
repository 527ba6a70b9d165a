import { compileEncoder } from '#avro/codec.ts';
import { defaultProblem } from '#avro/default-value.ts';
import { defaultOf } from '#avro/field-default.ts';
import type { Found } from '#avro/lint/finding.ts';
import { fixedDefaultProblem } from '#avro/lint/fixed-default.ts';
import type { SchemaRule } from '#avro/lint/rules.ts';
import type { FieldSite, Walk } from '#avro/lint/walk.ts';
import type { Field, RecordSchema, SchemaJson } from '#avro/model.ts';
import { isRecord } from '#avro/union-form.ts';
import { isZonerError } from '#core/errors.ts';

/** Aliases and defaults of fields, and what evolution will ask of them. */
export function fieldFindings({ fields, named }: Walk): readonly Found<SchemaRule>[] {
  return [...fields.flatMap(ofField), ...named.filter(isRecord).flatMap(aliasFindings)];
}

function ofField({ field, at }: FieldSite): readonly Found<SchemaRule>[] {
  const { position, schema } = field;
  const found: Found<SchemaRule>[] = [];
  if (field.default === undefined) {
    const nullable = schema.type === 'union' && schema.branches.some(({ type }) => type === 'null');
    if (!nullable) return [];
    const message = `${field.name} may be null and has no default, so it can be neither added nor removed compatibly`;
    const fix = 'Put "null" first and add "default": null.';
    return [{ rule: 'nullable-without-default', position, at, message, fix }];
  }
  const { json } = field.default;
  const problem = problemOfDefault(field);
  if (problem !== null) {
    const message = `the default of ${field.name} is no value of its type: ${problem}`;
    found.push({ rule: 'default-value', position, at, message, fix: 'Give a default that the field takes.' });
  }
  const [first] = schema.type === 'union' ? schema.branches : [];
  if (first !== undefined && defaultProblem(first, json) !== null) {
    const message = `the default of ${field.name} is not of the first branch of its union, which readers before Avro 1.12 need`;
    const fix = 'Move the branch of the default to the front.';
    found.push({ rule: 'default-not-first', position, at, message, fix });
  }
  const unreadable = refusedByAvsc(field, json);
  if (unreadable !== null) {
    const message = `avsc refuses the whole schema because of the default of ${field.name}: ${unreadable}`;
    const fix = 'Choose a default inside ±(2^53 - 2), or read it with Zoner only.';
    found.push({ rule: 'default-unreadable-elsewhere', position, at, message, fix });
  }
  return found;
}

/** These always fit once the parser took them, and most fields are of them. */
const PLAIN: ReadonlySet<string> = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'string']);

function problemOfDefault(field: Field): string | null {
  const { schema } = field;
  if (PLAIN.has(schema.type) && 'logicalType' in schema && schema.logicalType === null) return null;
  if (field.default === undefined || field.default.json === null) return null;
  try {
    compileEncoder(schema).encode(defaultOf(field)?.(''));
    return fixedDefaultProblem(schema, field.default.json);
  } catch (error) {
    if (isZonerError(error, 'VALUE_INVALID', 'SCHEMA_INVALID')) return error.message;
    throw error;
  }
}

/** avsc 5.7 takes no long beyond 2^53 - 2 and no text for a float. */
function refusedByAvsc({ schema }: Field, json: SchemaJson): string | null {
  const [first] = schema.type === 'union' ? schema.branches : [schema];
  if (typeof json === 'string' && (first?.type === 'float' || first?.type === 'double'))
    return 'it is no JSON number';
  if (first?.type !== 'long' || json === null || typeof json !== 'object' || !('number' in json)) return null;
  const value = BigInt(json.number);
  const most = 2n ** 53n - 2n;
  return value > most || value < -most ? 'it is beyond what a JavaScript number holds exactly' : null;
}

function aliasFindings(record: RecordSchema): readonly Found<SchemaRule>[] {
  const owners = new Map(record.fields.map(({ name }) => [name, name]));
  const found: Found<SchemaRule>[] = [];
  for (const field of record.fields) {
    for (const alias of field.aliases) {
      const owner = owners.get(alias);
      if (owner === undefined) owners.set(alias, field.name);
      if (owner === undefined || owner === field.name) continue;
      const message = `the alias ${alias} of ${field.name} also names ${owner}, so Java cannot tell which one was written`;
      const at = `${record.name}.${field.name}`;
      const fix = 'Remove the alias, or name what the field was called in a version that had no such field.';
      found.push({ rule: 'alias-collision', position: field.position, at, message, fix });
    }
  }
  return found;
}
