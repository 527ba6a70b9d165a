import type { Found } from '#avro/lint/finding.ts';
import type { SchemaRule } from '#avro/lint/rules.ts';
import type { Walk } from '#avro/lint/walk.ts';
import type { AvroSchema, UnionSchema } from '#avro/model.ts';
import { isRecord, kindOf } from '#avro/union-form.ts';

/** Unions whose branches cannot be told apart, here or in other readers. */
export function unionFindings({ sites }: Walk): readonly Found<SchemaRule>[] {
  return sites.flatMap(({ schema, at }) => (schema.type === 'union' ? ofUnion(schema, at) : []));
}

function ofUnion(union: UnionSchema, at: string): readonly Found<SchemaRule>[] {
  const { position } = union;
  const others = union.branches.filter(({ type }) => type !== 'null');
  if (others.length < 2) return [];
  const found: Found<SchemaRule>[] = [];
  const kinds = others.map(kindOf);
  for (const kind of new Set(kinds.filter((each, index) => kinds.indexOf(each) !== index))) {
    const message = `two branches of this union are of the kind ${kind}`;
    const fix = 'Rename one of the types: kind is the name without its namespace.';
    found.push({ rule: 'kind-collision', position, at, message, fix });
  }
  if (others.every(isRecord)) {
    for (const record of others) {
      const field = record.fields.find(({ name }) => name === 'kind');
      if (field === undefined) continue;
      const message = `kind says which branch of ${at} a value is, so ${record.name} cannot have a field of that name`;
      const place = `${record.name}.kind`;
      found.push({
        rule: 'kind-field',
        position: field.position,
        at: place,
        message,
        fix: 'Rename the field.',
      });
    }
  }
  const shared = sharedBucket(others);
  if (shared !== null) {
    const message = `avsc cannot tell ${shared} apart, so its readers get { branch: value } here; Zoner's get kind`;
    const fix =
      'If other JavaScript reads this topic, use one record with nullable fields; otherwise waive it.';
    found.push({ rule: 'union-wraps', position, at, message, fix });
  }
  return found;
}

/** What avsc tells branches apart by (5.7, `getTypeBucket`); two of one bucket are wrapped. */
function bucketOf({ type }: AvroSchema): string {
  if (type === 'int' || type === 'long' || type === 'float' || type === 'double') return 'numbers';
  if (type === 'string' || type === 'enum') return 'strings';
  if (type === 'bytes' || type === 'fixed') return 'bytes';
  return type === 'map' || type === 'record' || type === 'error' ? 'objects' : type;
}

function sharedBucket(branches: readonly AvroSchema[]): string | null {
  const buckets = branches.map(bucketOf);
  return buckets.find((bucket, index) => buckets.indexOf(bucket) !== index) ?? null;
}
