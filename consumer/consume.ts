import { createDecoderCache } from '#avro/decoder-cache.ts';
import { deadLetter, type LetterFacts } from '#consumer/dead-letter.ts';
import type { Hold } from '#consumer/hold.ts';
import type { Partitioned } from '#consumer/outcome.ts';
import { partition, schemaIdsOf } from '#consumer/partition.ts';
import type {
  Batch,
  ConsumerTransport,
  RecordSink,
  Subscription,
  WriteResult,
  WriterSchemas,
} from '#consumer/ports.ts';
import { createReader, type Reader } from '#consumer/reader.ts';
import type { Contract } from '#contract/contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import type { ProducerTransport } from '#producer/ports.ts';

export interface ContractSink {
  readonly contract: Contract;
  readonly sink: RecordSink;
  /** Whether the group reads what was replayed, too. */
  readonly readsRetries?: boolean;
}

/** The topics that a group reads for a contract. */
export function topicsOf({ contract, readsRetries }: ContractSink): readonly string[] {
  const { source, retry } = topicNames(contract.topic);
  return readsRetries === true ? [source, retry] : [source];
}

export interface ConsumeDeps {
  readonly group: string;
  readonly transport: ConsumerTransport;
  readonly writers: WriterSchemas;
  /** Null for a group that counts refused records instead of keeping them: one group a contract writes letters. */
  readonly deadLetters: ProducerTransport | null;
  readonly hold: Hold;
  readonly clusterId: string;
  readonly appVersion: string;
  /** Milliseconds since 1970. */
  now(): bigint;
  /** Told once a batch is committed. */
  onBatch(contract: Contract, outcome: Partitioned, written: WriteResult): void;
  onFatal(error: unknown): void;
}

/**
 * Consumes the source topics of these contracts: per batch of one partition look up the writer schemas, judge each
 * record, write the rows, write the dead letters, commit. In that order: a crash repeats a step and loses nothing, and
 * the sink makes the repeat harmless.
 */
export async function consume(contracts: readonly ContractSink[], deps: ConsumeDeps): Promise<Subscription> {
  const routes = new Map<string, Route>();
  const cache = createDecoderCache();
  for (const each of contracts) {
    const route = { reader: createReader(each.contract, cache), sink: each.sink };
    for (const topic of topicsOf(each)) routes.set(topic, route);
  }
  return deps.transport.run({
    group: deps.group,
    topics: [...routes.keys()],
    onBatch: async (batch) => {
      const route = routes.get(batch.topic);
      if (route === undefined) throw new Error(`a batch of ${batch.topic}, which was not asked for`);
      await handleBatch(batch, route, deps);
    },
    onFatal: deps.onFatal,
  });
}

interface Route {
  readonly reader: Reader;
  readonly sink: RecordSink;
}

async function handleBatch(batch: Batch, { reader, sink }: Route, deps: ConsumeDeps): Promise<void> {
  const { records, signal } = batch;
  const last = records.at(-1);
  if (last === undefined) return;
  const { contract } = reader;
  const subjects = new Set([contract.subject, ...contract.acceptSubjects]);
  const writers = await deps.hold(signal, () => deps.writers.lookUp(schemaIdsOf(records), subjects));
  const outcome = partition(records, writers, reader);
  const { accepted, refused } = outcome;
  const written =
    accepted.length === 0
      ? { inserted: 0, present: 0 }
      : await deps.hold(signal, () => sink.write(accepted, signal));
  const { deadLetters } = deps;
  if (deadLetters !== null && refused.length > 0) {
    const facts: LetterFacts = { ...deps, now: deps.now() };
    const letters = refused.map((each) => deadLetter(each, contract, facts));
    await deps.hold(signal, () => deadLetters.send(letters));
  }
  await deps.hold(signal, () => batch.commit(last.offset + 1n));
  deps.onBatch(contract, outcome, written);
}
