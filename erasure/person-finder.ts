import { compileDecoder } from '#avro/codec.ts';
import { FRAME_BYTES, schemaIdOf } from '#avro/frame.ts';
import { partition, schemaIdsOf } from '#consumer/partition.ts';
import type { KafkaRecord, WriterSchema, WriterSchemas } from '#consumer/ports.ts';
import { createReader } from '#consumer/reader.ts';
import { fieldsOf } from '#consumer/record-fields.ts';
import { isZonerError } from '#core/errors.ts';
import type { PersonalContract } from '#erasure/ports.ts';

/** Whom a record is about. `unknown`: nobody can read it, and its key says nothing. */
export type Attribution = 'theirs' | 'others' | 'unknown';

/** Tells of records, wherever they stand, whether they are about one person. One answer a record, in order. */
export type PersonFinder = (records: readonly KafkaRecord[]) => Promise<readonly Attribution[]>;

/**
 * What the consumer would make a row says it by its field; what it would refuse, by the same field as its own writer
 * meant it; what nobody can read, by its key, if the contract's key is the person.
 */
export function createPersonFinder(
  contract: PersonalContract,
  person: string,
  writers: WriterSchemas,
): PersonFinder {
  const reader = createReader(contract);
  const subjects = new Set([contract.subject, ...contract.acceptSubjects]);
  const aliases = contract.root.fields.find(({ name }) => name === contract.person)?.aliases ?? [];
  const names = [contract.person, ...aliases];
  const decide = (name: unknown): Attribution => (name === person ? 'theirs' : 'others');
  return async (records) => {
    // As if they stood on the source: a letter's headers do not matter to what its bytes are.
    const asSource = records.map((record) => ({ ...fieldsOf(record), topic: contract.topic, headers: [] }));
    const known = await writers.lookUp(schemaIdsOf(asSource), subjects);
    const judged = partition(asSource, known, reader);
    const found = new Map<KafkaRecord, Attribution>();
    for (const { record, value } of judged.accepted)
      found.set(record, decide((value as Readonly<Record<string, unknown>>)[contract.person]));
    for (const { record } of judged.skipped) found.set(record, 'others');
    for (const { record } of judged.refused) {
      const name = nameByWriter(record, known, names) ?? nameByKey(record, contract);
      found.set(record, name === null ? 'unknown' : decide(name));
    }
    return asSource.map((record) => found.get(record) ?? 'unknown');
  };
}

/** What the field holds for the record's own writer; null if that cannot be told. */
function nameByWriter(
  { value }: KafkaRecord,
  known: ReadonlyMap<number, WriterSchema>,
  names: readonly string[],
): string | null {
  const writer = value === null ? undefined : known.get(schemaIdOf(value));
  if (value === null || writer?.kind !== 'schema') return null;
  try {
    const decoded = compileDecoder(writer.schema, writer.schema).decodeAt(value, FRAME_BYTES, value.length);
    const fields = decoded as Readonly<Record<string, unknown>> | null;
    const name = names.map((each) => fields?.[each]).find((each) => typeof each === 'string');
    return typeof name === 'string' ? name : null;
  } catch (error) {
    if (isZonerError(error)) return null;
    throw error;
  }
}

function nameByKey({ key }: KafkaRecord, contract: PersonalContract): string | null {
  return contract.key === contract.person && key !== null ? Buffer.from(key).toString('utf8') : null;
}
