import { writeJson } from '#avro/json-tree.ts';
import type { AvroSchema, Field, SchemaJson } from '#avro/model.ts';
import { isRecord } from '#avro/union-form.ts';

/**
 * Whether Avro Java holds two schemas for equal, so that the second definition of a name is the first again: docs,
 * aliases and the default of an enum do not count, attributes do (Java 1.12, `Schema.equals`). A record that is being
 * compared already is equal to its partner, so recursion ends.
 */
export function sameDefinition(
  a: AvroSchema,
  b: AvroSchema,
  open: ReadonlyMap<AvroSchema, AvroSchema> = new Map(),
): boolean {
  if (a === b || open.get(a) === b) return true;
  if (a.type !== b.type || !sameAttributes(a.attributes, b.attributes)) return false;
  if ('fullName' in a && 'fullName' in b && a.fullName !== b.fullName) return false;
  if (a.type === 'enum' && b.type === 'enum') return a.symbols.join() === b.symbols.join();
  if (a.type === 'fixed' && b.type === 'fixed') return a.size === b.size;
  if (a.type === 'array' && b.type === 'array') return sameDefinition(a.items, b.items, open);
  if (a.type === 'map' && b.type === 'map') return sameDefinition(a.values, b.values, open);
  if (a.type === 'union' && b.type === 'union')
    return pairwise(a.branches, b.branches, (x, y) => sameDefinition(x, y, open));
  if (!isRecord(a) || !isRecord(b)) return true;
  const inside = new Map(open).set(a, b);
  return pairwise(a.fields, b.fields, (x, y) => sameField(x, y, inside));
}

function sameField(a: Field, b: Field, open: ReadonlyMap<AvroSchema, AvroSchema>): boolean {
  const [left, right] = [a, b].map((each) =>
    each.default === undefined ? null : writeJson(each.default.json),
  );
  const alike = a.name === b.name && a.order === b.order && left === right;
  return alike && sameAttributes(a.attributes, b.attributes) && sameDefinition(a.schema, b.schema, open);
}

function sameAttributes(a: ReadonlyMap<string, SchemaJson>, b: ReadonlyMap<string, SchemaJson>): boolean {
  return (
    a.size === b.size &&
    [...a].every(([key, json]) => b.has(key) && writeJson(json) === writeJson(b.get(key) ?? null))
  );
}

function pairwise<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((each, index) => same(each, b[index] as T));
}
