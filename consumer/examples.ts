/** A small contract and its records, for this room's tests. */
import { compileEncoder } from '#avro/codec.ts';
import { frame } from '#avro/frame.ts';
import type { AvroSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import type { KafkaRecord, WriterSchema } from '#consumer/ports.ts';
import { exampleContract } from '#contract/example-contract.ts';

const NAP = `{ "type": "record", "name": "Nap", "fields": [
  { "name": "user", "type": "string" }, { "name": "minutes", "type": "int" } ] }`;

export const naps = exampleContract(NAP);
const napSchema = naps.root;

export const OWN_ID = 1;
export const FOREIGN_ID = 2;
export const INCOMPATIBLE_ID = 3;
export const UNREADABLE_ID = 4;
export const UNKNOWN_ID = 404;

const otherShape: AvroSchema = parseSchema(
  '{ "type": "record", "name": "Nap", "fields": [{ "name": "user", "type": "string" }] }',
);

/** What a registry would say of the ids above. */
export const writers: ReadonlyMap<number, WriterSchema> = new Map<number, WriterSchema>([
  [OWN_ID, { kind: 'schema', schema: napSchema, subjects: ['naps-value'] }],
  [FOREIGN_ID, { kind: 'schema', schema: napSchema, subjects: ['meals-value'] }],
  [INCOMPATIBLE_ID, { kind: 'schema', schema: otherShape, subjects: ['naps-value'] }],
  [UNREADABLE_ID, { kind: 'unreadable', reason: 'not an Avro schema' }],
  [UNKNOWN_ID, { kind: 'unknown' }],
]);

const encoder = compileEncoder(napSchema);

export function nap(minutes: number): Uint8Array {
  return encoder.encode({ user: 'ada', minutes });
}

export function framedNap(minutes: number, schemaId: number = OWN_ID): Uint8Array {
  return frame(schemaId, nap(minutes));
}

export function recordOf(offset: bigint, value: Uint8Array | null): KafkaRecord {
  return {
    topic: 'naps',
    partition: 1,
    offset,
    timestamp: 1_700_000_000_000n,
    key: Buffer.from('ada'),
    value,
    headers: [['trace', Buffer.from('t1')]],
  };
}
