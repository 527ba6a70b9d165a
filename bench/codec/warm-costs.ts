import { createDecoderCache } from '#avro/decoder-cache.ts';
import type { Figure } from '#bench/bench-table.ts';
import { eventShape } from '#bench/codec/event-shape.ts';
import { material, SCHEMA_ID } from '#bench/codec/workloads.ts';
import { partition, schemaIdsOf } from '#consumer/partition.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import { createReader } from '#consumer/reader.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { createSchemaStore } from '#registry/schema-store.ts';

/** What a warm record costs besides its bytes: counted in the consumer's own path, with a registry that counts its calls. */
export async function warmCosts(): Promise<readonly Figure[]> {
  const text = JSON.stringify(eventShape.schema);
  const contract = exampleContract(text);
  const counts = { calls: 0, compiled: new Set<unknown>(), parsed: new Set<unknown>() };
  const counted = async <T>(answer: T): Promise<T> => {
    counts.calls += 1;
    return answer;
  };
  const store = createSchemaStore({
    schemaById: () => counted({ text, references: [], type: 'AVRO' }),
    subjectsOfId: () => counted([{ subject: contract.subject, version: 1 }]),
    versionSchema: () => counted(null),
  });
  const reader = createReader(contract, createDecoderCache());
  const records = recordsOf(material(eventShape).messages.slice(0, 1000));
  const consume = async (): Promise<void> => {
    const writers = await store.lookUp(schemaIdsOf(records), new Set([contract.subject]));
    const writer = writers.get(SCHEMA_ID);
    if (writer?.kind !== 'schema') throw new Error(`the registry answers ${writer?.kind}`);
    counts.parsed.add(writer.schema);
    counts.compiled.add(reader.from(SCHEMA_ID, writer.schema));
    const { accepted } = partition(records, writers, reader);
    if (accepted.length !== records.length) throw new Error('a record was not accepted');
  };
  await consume();
  const before = { calls: counts.calls, parsed: counts.parsed.size, compiled: counts.compiled.size };
  for (let batch = 0; batch < 20; batch += 1) await consume();
  const figure = (what: string, measured: number): Figure => ({
    what: `${what}, for 20 000 warm records`,
    measured,
    unit: '',
    limit: { atMost: 0 },
    aim: 0,
  });
  return [
    figure('registry calls', counts.calls - before.calls),
    figure('schema parses', counts.parsed.size - before.parsed),
    figure('decoders compiled', counts.compiled.size - before.compiled),
  ];
}

function recordsOf(messages: readonly Buffer[]): readonly KafkaRecord[] {
  return messages.map((value, index) => ({
    topic: 'events',
    partition: 0,
    offset: BigInt(index),
    timestamp: 0n,
    key: null,
    value,
    headers: [],
  }));
}
