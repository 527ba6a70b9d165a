import type { Found } from '#avro/lint/finding.ts';
import { finiteRecords, isZeroWidth } from '#avro/lint/inhabited.ts';
import type { SchemaRule } from '#avro/lint/rules.ts';
import type { Walk } from '#avro/lint/walk.ts';
import { isRecord } from '#avro/union-form.ts';

/** Types that have no value, or that can kill the process that reads them. */
export function typeFindings({ sites, named, fields }: Walk): readonly Found<SchemaRule>[] {
  const finite = finiteRecords(named.filter(isRecord));
  const found: Found<SchemaRule>[] = [];
  for (const { schema, at } of sites) {
    const { position } = schema;
    if (schema.type === 'enum' && schema.symbols.length === 0) {
      const message = `the enum ${schema.name} has no symbols, so no value of it exists`;
      found.push({ rule: 'no-value', position, at, message, fix: 'Add a symbol, or remove the enum.' });
    }
    if (schema.type === 'union' && schema.branches.length === 0) {
      const message = 'a union without branches has no value';
      found.push({ rule: 'no-value', position, at, message, fix: 'Add a branch, or use "null".' });
    }
    if (isRecord(schema) && !finite.has(schema)) {
      const message = `every value of ${schema.name} contains another one without end`;
      const fix = 'Make the field that leads back nullable, or put it into an array.';
      found.push({ rule: 'infinite-record', position, at, message, fix });
    }
    const items = schema.type === 'array' ? schema.items : schema.type === 'map' ? schema.values : null;
    if (items !== null && isZeroWidth(items)) {
      const what = schema.type === 'array' ? 'items of this array' : 'values of this map';
      const message = `the ${what} take no bytes, so a few bytes can claim billions of them`;
      const fix = 'Give them a field, or send how many there are as a long.';
      found.push({ rule: 'zero-width-items', position, at, message, fix });
    }
  }
  for (const { field, at } of fields) {
    if (field.name !== '__proto__') continue;
    const message = 'JavaScript takes __proto__ for the prototype of the object, not for a property';
    found.push({ rule: 'reserved-field', position: field.position, at, message, fix: 'Rename the field.' });
  }
  return found;
}
