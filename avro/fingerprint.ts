import { createHash } from 'node:crypto';
import type { AvroSchema } from '#avro/model.ts';
import { schemaText } from '#avro/schema-text.ts';

/**
 * SHA-256 of the resolved schema with all its attributes, hex. Avro's own fingerprints leave out defaults, aliases and
 * logical types, so two schemas that read differently share one: they must not key a cache.
 */
export function fingerprint(schema: AvroSchema): string {
  return createHash('sha256').update(schemaText(schema)).digest('hex');
}
