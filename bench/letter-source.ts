import { compileEncoder } from '#avro/codec.ts';
import { frame } from '#avro/frame.ts';
import { deadLetter } from '#consumer/dead-letter.ts';
import { ledgerRecord } from '#consumer/letter-status.ts';
import { headerReader } from '#consumer/origin.ts';
import type {
  ConsumerTransport,
  KafkaRecord,
  OffsetRange,
  TopicOffsets,
  WriterSchemas,
} from '#consumer/ports.ts';
import { createReader } from '#consumer/reader.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import { createProver } from '#dead-letters/prove.ts';
import type { ReplayDeps } from '#dead-letters/replay.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

const PARTITIONS = 6;
const BATCH = 500;
const SCHEMA_ID = 7;

const contract = {
  ...exampleContract('{ "type": "record", "name": "Nap", "fields": [{ "name": "user", "type": "string" }] }'),
  partitions: PARTITIONS,
};
const names = topicNames(contract.topic);
const value = frame(SCHEMA_ID, compileEncoder(contract.root).encode({ user: 'x'.repeat(2000) }));
const FACTS = { clusterId: 'cluster-0000000000000000', group: 'zoner-warehouse', appVersion: '0', now: 1n };

/** The letter at a place, made when it is read, so that the letters themselves take no memory. */
function letterAt(partition: number, offset: bigint): KafkaRecord {
  const record = {
    topic: names.source,
    partition,
    offset,
    timestamp: 0n,
    key: Buffer.from('ada'),
    value,
    headers: [],
  };
  const reason = `the registry holds no schema with id ${SCHEMA_ID}`;
  const refused = {
    record,
    origin: record,
    code: 'UNKNOWN_SCHEMA_ID' as const,
    reason,
    schemaId: SCHEMA_ID,
    subjects: [],
  };
  return { ...deadLetter(refused, contract, FACTS), partition, offset, timestamp: 1n };
}

/** Topics of so many letters, and a consumer that makes rows of everything at once. */
export function createLetterSource(count: number): { readonly deps: ReplayDeps } {
  const perPartition = BigInt(Math.ceil(count / PARTITIONS));
  const sizeOf = (partition: number): bigint => {
    const rest = BigInt(count) - perPartition * BigInt(partition);
    return rest < perPartition ? rest : perPartition;
  };
  let ledger: KafkaRecord[] = [];
  let written = 0n;
  let wake = Promise.withResolvers<void>();

  const offsets = offsetsOf(sizeOf, () => written);
  const transport: ConsumerTransport = {
    exactHeaders: true,
    async run({ topics, onBatch, onFatal }) {
      const stopped = new AbortController();
      const give = (topic: string, partition: number, records: readonly KafkaRecord[]) =>
        onBatch({
          topic,
          partition,
          records,
          signal: stopped.signal,
          commit: async () => {},
          pause: () => {},
        });
      const letters = async (partition: number): Promise<void> => {
        for (let at = 0n; at < sizeOf(partition) && !stopped.signal.aborted; at += BigInt(BATCH)) {
          const left = Number(sizeOf(partition) - at);
          const batch = Array.from({ length: Math.min(BATCH, left) }, (_, i) =>
            letterAt(partition, at + BigInt(i)),
          );
          await give(names.deadLetters, partition, batch);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      // One reader of the ledger lives at a time, and what it has read is let go.
      const entries = async (): Promise<void> => {
        while (!stopped.signal.aborted) {
          const batch = ledger;
          ledger = [];
          if (batch.length > 0) await give(names.status, 0, batch);
          else await Promise.race([wake.promise, new Promise((resolve) => setTimeout(resolve, 20))]);
        }
      };
      const readers = [
        ...(topics.includes(names.deadLetters)
          ? Array.from({ length: PARTITIONS }, (_, p) => letters(p))
          : []),
        ...(topics.includes(names.status) ? [entries()] : []),
      ];
      for (const reader of readers) reader.catch(onFatal);
      const stop = async (): Promise<void> => {
        stopped.abort();
        await Promise.all(readers);
      };
      return { stop };
    },
  };
  const enter = ({ key, value: bytes, timestamp }: OutgoingRecord): void => {
    ledger.push({
      topic: names.status,
      partition: 0,
      offset: written,
      timestamp: timestamp ?? 0n,
      key,
      value: bytes,
      headers: [],
    });
    written += 1n;
  };
  const send = async (records: readonly OutgoingRecord[]): Promise<void> => {
    for (const record of records) {
      if (record.topic === names.status) enter(record);
      else if (record.topic === names.retry) enter(resolved(headerReader(record)('dlt.id') ?? ''));
    }
    wake.resolve();
    wake = Promise.withResolvers();
  };
  return { deps: depsOf(transport, offsets, send) };
}

function offsetsOf(sizeOf: (partition: number) => bigint, ledgerEnd: () => bigint): TopicOffsets {
  return {
    async ranges(topic) {
      if (topic === names.status) return new Map([[0, { low: 0n, high: ledgerEnd() }]]);
      const ends = Array.from({ length: PARTITIONS }, (_, p): [number, OffsetRange] => {
        return [p, { low: 0n, high: topic === names.deadLetters ? sizeOf(p) : 0n }];
      });
      return new Map(ends);
    },
    committed: async () => new Map(),
    commitMetadata: async () => new Map(),
    clusterId: async () => FACTS.clusterId,
  };
}

function resolved(id: string): OutgoingRecord {
  const at = new Date(0).toISOString();
  return ledgerRecord(id, { state: 'RESOLVED', attempt: 1, run: 'r', at, reason: null }, contract);
}

function depsOf(
  transport: ConsumerTransport,
  offsets: TopicOffsets,
  send: (records: readonly OutgoingRecord[]) => Promise<void>,
): ReplayDeps {
  const writer = { kind: 'schema' as const, schema: contract.root, subjects: [contract.subject] };
  const writers: WriterSchemas = { lookUp: async (ids) => new Map([...ids].map((id) => [id, writer])) };
  return {
    contract,
    transport,
    offsets,
    signal: new AbortController().signal,
    producer: { send, close: async () => {} },
    run: 'bench',
    now: () => Date.now(),
    clock: () => performance.now(),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    prover: createProver({ reader: createReader(contract), writers, rowProblem: () => null }),
    committed: new Map(),
    onPlan: () => {},
    onProgress: () => {},
    onWait: () => {},
  };
}
