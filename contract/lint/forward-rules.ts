import type { Finding } from '#avro/lint/finding.ts';
import type { AvroSchema, NamedSchema, Position, RecordSchema } from '#avro/model.ts';
import { isRecord } from '#avro/union-form.ts';
import type { Contract } from '#contract/contract.ts';
import { findingOf } from '#contract/lint/contract-rules.ts';

/**
 * Types that a text uses before it defines them. Avro reads that since 1.12; older registries and avsc refuse the text.
 * A type with a definition of its own is registered apart, before what refers to it, so its place does not count.
 */
export function forwardFindings({ root, types }: Contract): readonly Finding[] {
  const apart = new Set(types.map(({ fullName }) => fullName));
  const seen = new Set<NamedSchema>();
  const found: Finding[] = [];
  /** `next` is where the first field stands that comes after the place of this use. */
  const visit = (schema: AvroSchema, at: string, position: Position, next: Position | null): void => {
    if (schema.type === 'array') visit(schema.items, at, position, next);
    if (schema.type === 'map') visit(schema.values, at, position, next);
    if (schema.type === 'union') for (const branch of schema.branches) visit(branch, at, position, next);
    if (!('fullName' in schema) || seen.has(schema)) return;
    seen.add(schema);
    const isAhead = next !== null && !apart.has(schema.fullName) && !isBefore(schema.position, next);
    if (isAhead) {
      const message = `${schema.name} is used here and defined further on, which readers before Avro 1.12 and avsc refuse`;
      found.push(findingOf('forward-reference', position, at, message, 'Define it where it is used first.'));
    }
    // What comes after a definition that stands elsewhere is not what comes after its use.
    if (isRecord(schema)) visitFields(schema, isAhead || apart.has(schema.fullName) ? null : next);
  };
  const visitFields = (record: RecordSchema, next: Position | null): void => {
    for (const [index, field] of record.fields.entries()) {
      const after = record.fields[index + 1]?.position ?? next;
      visit(field.schema, `${record.name}.${field.name}`, field.position, after);
    }
  };
  seen.add(root);
  visitFields(root, null);
  return found;
}

/** Also for places in different files, of which nothing is known. */
function isBefore(one: Position, other: Position): boolean {
  if (one.file !== other.file) return true;
  return one.line < other.line || (one.line === other.line && one.column < other.column);
}
