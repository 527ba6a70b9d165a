/** A small contract, for the tests of other rooms. */
import { fingerprint } from '#avro/fingerprint.ts';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import type { Contract } from '#contract/contract.ts';

/** The contract `naps` with this root schema: topic, key `user` and table follow from the name. */
export function exampleContract(text: string): Contract {
  const root = parseSchema(text) as RecordSchema;
  return {
    name: 'naps',
    topic: 'naps',
    key: 'user',
    id: null,
    time: null,
    person: null,
    protection: null,
    partitions: 2,
    retentionDays: 7,
    compatibility: 'BACKWARD',
    acceptSubjects: [],
    table: 'NAPS',
    owner: null,
    waivers: [],
    raises: [],
    subject: 'naps-value',
    root,
    types: [{ subject: 'naps-value', fullName: root.fullName, text, references: [], file: 'naps/naps.avsc' }],
    fingerprint: fingerprint(root),
  };
}
