import type { Found } from '#avro/lint/finding.ts';
import type { SchemaRule } from '#avro/lint/rules.ts';
import type { Walk } from '#avro/lint/walk.ts';
import { basesOf } from '#avro/logical-types.ts';
import type { AvroSchema, FixedSchema, PrimitiveSchema } from '#avro/model.ts';

/** Logical types that are ignored where they stand, silently: what looks like a timestamp is a plain long. */
export function logicalTypeFindings({ sites, fields }: Walk): readonly Found<SchemaRule>[] {
  const found: Found<SchemaRule>[] = [];
  for (const { schema, at } of sites) {
    const finding = ofSchema(schema, at);
    if (finding !== null) found.push(finding);
  }
  for (const { field, at } of fields) {
    const name = field.attributes.get('logicalType');
    if (typeof name !== 'string') continue;
    const message = `logicalType ${name} stands beside the type of the field, where every reader ignores it`;
    const fix = `Write "type": { "type": …, "logicalType": "${name}" }.`;
    found.push({ rule: 'logical-type-on-field', position: field.position, at, message, fix });
  }
  return found;
}

function ofSchema(schema: AvroSchema, at: string): Found<SchemaRule> | null {
  const { position } = schema;
  const name = schema.attributes.get('logicalType');
  if (name === undefined) return null;
  const logical = 'logicalType' in schema ? schema.logicalType : null;
  if (logical?.name === 'decimal' && (logical.precision > 38 || logical.scale > 37)) {
    const message = `the column of a decimal of ${logical.precision} digits, ${logical.scale} after the point, is VARCHAR`;
    const fix = 'Use a precision of at most 38 and a scale of at most 37.';
    return { rule: 'decimal-too-wide', position, at, message, fix };
  }
  if (logical !== null) return null;
  const bases = typeof name === 'string' ? basesOf(name) : null;
  if (bases === null) {
    const message = `logicalType ${JSON.stringify(name)} is unknown: values are those of ${schema.type}`;
    return {
      rule: 'logical-type-unknown',
      position,
      at,
      message,
      fix: 'Remove it, or use one that Avro 1.12 names.',
    };
  }
  if (name === 'decimal' && bases.includes(schema.type)) {
    const message = `this decimal is read as ${schema.type}: ${decimalReason(schema as PrimitiveSchema | FixedSchema)}`;
    const fix = 'Give precision (1 or more) and scale (0 to precision) that the type can hold.';
    return { rule: 'decimal-precision', position, at, message, fix };
  }
  const size = schema.type === 'fixed' ? ` of ${schema.size} bytes` : '';
  const message = `logicalType ${name} is ignored on ${schema.type}${size}`;
  return { rule: 'logical-type-base', position, at, message, fix: `Use ${neededBase(String(name), bases)}.` };
}

function decimalReason(schema: PrimitiveSchema | FixedSchema): string {
  if (!schema.attributes.has('precision')) return 'it has no precision';
  return schema.type === 'fixed'
    ? `precision and scale do not fit into ${schema.size} bytes`
    : 'its precision and scale are not possible';
}

function neededBase(name: string, bases: readonly string[]): string {
  const sized = { uuid: 'fixed of 16 bytes', duration: 'fixed of 12 bytes' }[name];
  return bases.map((base) => (base === 'fixed' && sized !== undefined ? sized : base)).join(' or ');
}
