import { writeJson } from '#avro/json-tree.ts';
import type { AvroSchema, Field, SchemaJson } from '#avro/model.ts';
import { namespaceOf } from '#avro/names.ts';

/**
 * The JSON text of a schema with everything that it refers to inside: each named type is defined where it is used
 * first, under its full name. Members stand in a fixed order and attributes by name, so equal schemas have equal text.
 */
export function schemaText(schema: AvroSchema): string {
  return write(schema, new Set(), '');
}

type Member = readonly [key: string, json: string];

/** `around` is the namespace of the type that contains this one. */
function write(schema: AvroSchema, defined: Set<string>, around: string): string {
  if (schema.type === 'union')
    return `[${schema.branches.map((branch) => write(branch, defined, around)).join(',')}]`;
  if ('fullName' in schema) {
    if (defined.has(schema.fullName)) return JSON.stringify(schema.fullName);
    defined.add(schema.fullName);
  } else if (schema.type !== 'array' && schema.type !== 'map' && schema.attributes.size === 0) {
    return JSON.stringify(schema.type);
  }
  const members: Member[] = [['type', JSON.stringify(schema.type)]];
  if ('fullName' in schema) {
    members.push(['name', JSON.stringify(schema.fullName)]);
    // Without this, a name outside every namespace would be read as one of the namespace around it.
    if (around !== '' && namespaceOf(schema.fullName) === '') members.push(['namespace', '""']);
    members.push(...documentation(schema));
  }
  if (schema.type === 'array') members.push(['items', write(schema.items, defined, around)]);
  if (schema.type === 'map') members.push(['values', write(schema.values, defined, around)]);
  if (schema.type === 'fixed') members.push(['size', String(schema.size)]);
  if (schema.type === 'enum') {
    members.push(['symbols', JSON.stringify(schema.symbols)]);
    if (schema.default !== null) members.push(['default', JSON.stringify(schema.default)]);
  }
  if (schema.type === 'record' || schema.type === 'error') {
    const inner = namespaceOf(schema.fullName);
    const fields = schema.fields.map((field) => writeField(field, defined, inner));
    members.push(['fields', `[${fields.join(',')}]`]);
  }
  return object([...members, ...attributesOf(schema.attributes)]);
}

function writeField(field: Field, defined: Set<string>, around: string): string {
  const members: Member[] = [
    ['name', JSON.stringify(field.name)],
    ['type', write(field.schema, defined, around)],
    ...documentation(field),
  ];
  if (field.default !== undefined) members.push(['default', writeJson(field.default.json)]);
  if (field.order !== 'ascending') members.push(['order', JSON.stringify(field.order)]);
  return object([...members, ...attributesOf(field.attributes)]);
}

function documentation({ doc, aliases }: { doc: string | null; aliases: readonly string[] }): Member[] {
  const members: Member[] = [];
  if (doc !== null) members.push(['doc', JSON.stringify(doc)]);
  if (aliases.length > 0) members.push(['aliases', JSON.stringify(aliases)]);
  return members;
}

function attributesOf(attributes: ReadonlyMap<string, SchemaJson>): Member[] {
  return [...attributes.keys()].sort().map((key) => [key, writeJson(attributes.get(key) ?? null)] as const);
}

function object(members: readonly Member[]): string {
  return `{${members.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}
