import type { AvroSchema, FixedSchema, PrimitiveSchema } from '#avro/model.ts';
import { unionForm } from '#avro/union-form.ts';
import { DIFFERENT, NARROWER, SAME, type TypeScriptEffect, WIDER } from '#check/diff/change.ts';

/**
 * The type in code of a schema's values, as codegen would write it: named types by their short name. Two schemas with
 * one text have the same values in TypeScript as far as their names go.
 */
export function typeText(schema: AvroSchema): string {
  if (schema.type === 'array') return `${typeText(schema.items)}[]`;
  if (schema.type === 'map') return `{ [key]: ${typeText(schema.values)} }`;
  if (schema.type === 'union') {
    const union = unionForm(schema);
    const kinds =
      union.form === 'plain'
        ? union.branch === null
          ? []
          : [typeText(union.branch)]
        : [...union.kinds].map(([kind, branch]) =>
            union.form === 'records' ? kind : `{ kind: '${kind}', value: ${typeText(branch)} }`,
          );
    return [...kinds, ...(union.nullable ? ['null'] : [])].join(' | ');
  }
  if (schema.type === 'fixed') return scalarText(schema);
  return 'fullName' in schema ? schema.name : scalarText(schema);
}

const SCALARS: Readonly<Record<string, string>> = {
  int: 'number',
  long: 'bigint',
  float: 'number',
  double: 'number',
  bytes: 'Uint8Array',
  fixed: 'Uint8Array',
};

const LOGICAL: Readonly<Record<string, string>> = {
  decimal: 'Decimal',
  uuid: 'Uuid',
  date: 'IsoDate',
  duration: 'Duration',
  'timestamp-millis': 'Date',
};

function scalarText({ type, logicalType }: PrimitiveSchema | FixedSchema): string {
  if (logicalType === null) return SCALARS[type] ?? type;
  const pascal = logicalType.name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return LOGICAL[logicalType.name] ?? pascal;
}

/** What becomes of code when a value's type becomes another. A UUID is a string with a brand. */
export function typeEffect(old: AvroSchema, now: AvroSchema): TypeScriptEffect {
  const [from, to] = [typeText(old), typeText(now)];
  if (from === to) return SAME;
  if (from === 'string' && to === 'Uuid') return NARROWER;
  if (from === 'Uuid' && to === 'string') return { ...WIDER, breaks: 'reading' };
  return DIFFERENT;
}
