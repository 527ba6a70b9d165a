import { readNote, writeNote } from '#consumer/commit-note.ts';
import { deadLetter } from '#consumer/dead-letter.ts';
import type { ConsumeDeps } from '#consumer/deps.ts';
import { floodError } from '#consumer/flood-breaker.ts';
import { resolution } from '#consumer/letter-status.ts';
import { createLoopTurns } from '#consumer/loop-turns.ts';
import { headerReader, originOf } from '#consumer/origin.ts';
import type { Partitioned, RefusedRecord } from '#consumer/outcome.ts';
import { partition, schemaIdsOf } from '#consumer/partition.ts';
import type {
  AcceptedRecord,
  Batch,
  ConsumedContract,
  KafkaRecord,
  RecordSink,
  WriteResult,
} from '#consumer/ports.ts';
import type { Reader } from '#consumer/reader.ts';
import { isZonerError } from '#core/errors.ts';

export interface Route {
  readonly reader: Reader;
  readonly sink: RecordSink;
}

/** A batch that ended so often unfinished has something in it that ends processes. */
const MAX_ATTEMPTS = 3;

/**
 * Works on batches of one route, a partition's one after the other. In this order: look up the writers, judge each
 * record, write the rows, write the dead letters, commit. A crash repeats a step and loses nothing.
 */
export function createBatchHandler({ reader, sink }: Route, deps: ConsumeDeps, turn = createLoopTurns()) {
  const { contract } = reader;
  const subjects = new Set([contract.subject, ...contract.acceptSubjects]);
  const begun = new Set<string>();

  /** What the reader before left beside its commit. @throws ZonerError FLOOD, that nobody has accepted yet */
  const readAttempts = async ({ topic, partition: number, signal }: Batch): Promise<number> => {
    const metadata = await deps.hold(signal, () => deps.offsets.commitMetadata(deps.group, topic));
    // A flood in one partition stops its topic.
    const floods = [...metadata.values()].flatMap((text) => readNote(text).flood ?? []);
    const flood = floods.find((code) => !deps.breaker.accepts(code));
    if (flood !== undefined) throw floodError(topic, flood);
    return readNote(metadata.get(number)).attempts ?? 0;
  };

  /** On the first records of a partition: what the reader before left, and a mark that this one has begun. */
  const begin = async (batch: Batch, first: KafkaRecord): Promise<ReadonlySet<KafkaRecord>> => {
    const { topic, partition: number, signal } = batch;
    const place = `${topic}/${number}`;
    if (begun.has(place)) return new Set();
    const attempts = await readAttempts(batch);
    await deps.hold(signal, () => batch.commit(first.offset, writeNote({ attempts: attempts + 1 })));
    const killers =
      attempts < MAX_ATTEMPTS ? new Set<KafkaRecord>() : await findKillers(batch, reader, deps, subjects);
    begun.add(place);
    return killers;
  };

  /** @returns what was judged, with those that the sink refused among the refused */
  const write = async (judged: Partitioned, signal: AbortSignal): Promise<[Partitioned, WriteResult]> => {
    const { accepted } = judged;
    if (accepted.length === 0) return [judged, { inserted: 0, present: 0 }];
    const written = await deps.hold(signal, () => sink.write(accepted, signal));
    return [withSinkRefusals(judged, written), written];
  };

  /** @throws ZonerError FLOOD, which nothing beyond the batch before has been committed of */
  const stopFlood = async ({ topic, signal, commit }: Batch, first: KafkaRecord, judged: Partitioned) => {
    const flood = deps.breaker.judge(topic, judged);
    if (flood === null) return;
    await deps.hold(signal, () => commit(first.offset, writeNote({ flood: flood.code })));
    throw floodError(topic, flood.code, `${flood.refused} of ${flood.of} records`);
  };

  /** Everything but the commit, so that no decoded value is held while a broker takes its time with that. */
  const settle = async (batch: Batch, first: KafkaRecord): Promise<void> => {
    const { records, signal, topic } = batch;
    const killers = await begin(batch, first);
    const rest = killers.size === 0 ? records : records.filter((record) => !killers.has(record));
    const writers = await lookUp(batch, rest, subjects, deps);
    await turn();
    const judged = withKillers(partition(rest, writers, reader), killers, contract);
    await stopFlood(batch, first, judged);
    const [outcome, written] = await write(judged, signal);
    if (outcome !== judged) await stopFlood(batch, first, outcome);
    await sendLetters(batch, outcome, contract, deps);
    deps.breaker.count(topic, outcome);
    deps.onBatch(contract, outcome, written);
  };

  /** Nothing but markers and aborted records: committed, or the group would never be at its end. */
  const passOver = async (batch: Batch): Promise<void> => {
    const { topic, partition: number, end, signal } = batch;
    if (!begun.has(`${topic}/${number}`)) await readAttempts(batch);
    if (end !== undefined) await deps.hold(signal, () => batch.commit(end, ''));
  };

  return async (batch: Batch): Promise<void> => {
    const { records, signal, topic } = batch;
    const first = records[0];
    const last = records.at(-1);
    deps.onBegin(batch);
    try {
      const stopped = deps.breaker.stoppedBy(topic);
      if (stopped !== undefined) throw floodError(topic, stopped);
      if (first === undefined || last === undefined) {
        await passOver(batch);
        return;
      }
      await settle(batch, first);
      await deps.hold(signal, () => batch.commit(last.offset + 1n, ''));
    } catch (error) {
      if (!isZonerError(error, 'FLOOD')) throw error;
      deps.breaker.stop(topic, String(error.context.code));
      deps.onPaused(topic, error);
      batch.pause();
    } finally {
      deps.onEnd(batch);
    }
  };
}

async function lookUp(
  { topic, partition: number, signal }: Batch,
  records: readonly KafkaRecord[],
  subjects: ReadonlySet<string>,
  { hold, writers, unknownIds }: ConsumeDeps,
) {
  const ids = schemaIdsOf(records);
  const ask = () => hold(signal, () => writers.lookUp(ids, subjects));
  return unknownIds.settle(`${topic}/${number}`, ask, signal);
}

/** Decodes a batch in a process of its own, to find the records that end it. */
async function findKillers(
  batch: Batch,
  reader: Reader,
  deps: ConsumeDeps,
  subjects: ReadonlySet<string>,
): Promise<ReadonlySet<KafkaRecord>> {
  const ids = schemaIdsOf(batch.records);
  const writers = await deps.hold(batch.signal, () => deps.writers.lookUp(ids, subjects));
  return deps.findKillers({ records: batch.records, writers, contract: reader.contract }, batch.signal);
}

function withKillers(
  judged: Partitioned,
  killers: ReadonlySet<KafkaRecord>,
  contract: ConsumedContract,
): Partitioned {
  if (killers.size === 0) return judged;
  const reason = 'decoding this record ended a process that did nothing else';
  const refused = [...killers].map((record): RefusedRecord => {
    const verdict = originOf(record, contract);
    const origin = verdict.kind === 'origin' ? verdict.origin : record;
    return { record, origin, code: 'PROCESS_KILLER', reason, schemaId: null, subjects: [] };
  });
  return { ...judged, refused: [...judged.refused, ...refused] };
}

function withSinkRefusals(judged: Partitioned, { refused = [] }: WriteResult): Partitioned {
  if (refused.length === 0) return judged;
  const out = new Set<AcceptedRecord>(refused.map(({ accepted }) => accepted));
  return {
    ...judged,
    accepted: judged.accepted.filter((each) => !out.has(each)),
    refused: [
      ...judged.refused,
      ...refused.map(({ accepted: { record, origin, schemaId }, code, reason }): RefusedRecord => {
        return { record, origin, code, reason, schemaId, subjects: [] };
      }),
    ],
  };
}

/** The dead letters of the refused, and the word RESOLVED for replayed records that are rows now. */
async function sendLetters(
  { signal }: Batch,
  { accepted, refused }: Partitioned,
  contract: ConsumedContract,
  deps: ConsumeDeps,
): Promise<void> {
  const { deadLetters } = deps;
  if (deadLetters === null) return;
  const facts = { ...deps, now: deps.now() };
  const letters = [
    ...refused.map((each) => deadLetter(each, contract, facts)),
    ...accepted
      .filter((each) => isForUs(each, deps))
      .flatMap((each) => resolution(each, contract, facts) ?? []),
  ];
  if (letters.length > 0) await deps.hold(signal, () => deadLetters.send(letters));
}

function isForUs({ record }: AcceptedRecord, { resolves, group }: ConsumeDeps): boolean {
  return resolves !== 'own' || headerReader(record)('dlt.group') === group;
}
