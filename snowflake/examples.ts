/** A small contract and its records, for this room's tests. */
import type { AcceptedRecord } from '#consumer/ports.ts';
import { exampleContract } from '#contract/example-contract.ts';

const NAP = `{ "type": "record", "name": "Nap", "fields": [
  { "name": "user", "type": "string" }, { "name": "minutes", "type": ["null", "int"], "default": null } ] }`;

export const PLACE = { database: 'DB', schema: 'PUBLIC' };

export const naps = exampleContract(NAP);

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
