/** A small contract and its records, for this room's tests. */
import { fingerprint } from '#avro/fingerprint.ts';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import type { AcceptedRecord } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';

const NAP = `{ "type": "record", "name": "Nap", "fields": [
  { "name": "user", "type": "string" }, { "name": "minutes", "type": ["null", "int"], "default": null } ] }`;

export const PLACE = { database: 'DB', schema: 'PUBLIC' };

export function exampleContract(text: string = NAP): Contract {
  const root = parseSchema(text) as RecordSchema;
  return {
    name: 'naps',
    topic: 'naps',
    key: 'user',
    id: null,
    time: null,
    partitions: 2,
    retentionDays: 7,
    compatibility: 'BACKWARD',
    acceptSubjects: [],
    table: 'NAPS',
    owner: null,
    waivers: [],
    subject: 'naps-value',
    root,
    types: [],
    fingerprint: fingerprint(root),
  };
}

export function accepted(
  partition: number,
  offset: bigint,
  minutes: number | null = 1,
  bytes = 'v',
): AcceptedRecord {
  const origin = { topic: 'naps', partition, offset, timestamp: 1_700_000_000_000n };
  const value = Buffer.from(`${bytes}${offset}`);
  const record = { ...origin, key: Buffer.from('ada'), value, headers: [] };
  return { record, origin, schemaId: 1, value: { user: 'ada', minutes } };
}
