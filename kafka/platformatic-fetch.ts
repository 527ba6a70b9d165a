import { createAPI, fetchV12, protocolErrorsCodesById, type Reader } from '@platformatic/kafka';
import type { AbortedTransaction } from '#kafka/record-batches.ts';

/** A partition to be fetched from an offset on. */
export interface Wanted {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** What a broker answers of one partition. */
export interface Found {
  readonly topic: string;
  readonly partition: number;
  /** The broker's name of what went wrong; null for nothing. */
  readonly error: string | null;
  readonly aborted: readonly AbortedTransaction[];
  /** The record batches as they came. */
  readonly bytes: Buffer;
}

const FETCH = 1;
/** The last version that names topics, and what every broker since 2.7 understands. */
const VERSION = 12;
const READ_COMMITTED = 1;
const NO_SESSION = { id: 0, epoch: -1 };
const NOTHING = Buffer.alloc(0);

type Request = [maxWaitMs: number, maxBytes: number, maxBytesPerPartition: number, wanted: readonly Wanted[]];

/**
 * A fetch that leaves the records as bytes. The client's own makes ten objects of each record, most of them for nobody
 * here: that is where its consumer loses its time.
 */
export const fetchBytes = createAPI<Request, readonly Found[]>(FETCH, VERSION, request, response);

function request(...[maxWaitMs, maxBytes, partitionMaxBytes, wanted]: Request) {
  const topics = [...Map.groupBy(wanted, ({ topic }) => topic)].map(([topicId, partitions]) => ({
    topicId,
    partitions: partitions.map(({ partition, offset }) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: offset,
      lastFetchedEpoch: -1,
      partitionMaxBytes,
    })),
  }));
  const { id, epoch } = NO_SESSION;
  return fetchV12.createRequest(maxWaitMs, 1, maxBytes, READ_COMMITTED, id, epoch, topics, [], '');
}

/** Field by field as the protocol guide lists "Fetch Response (Version: 12)". */
function response(_correlation: number, _key: number, _version: number, reader: Reader): readonly Found[] {
  reader.readInt32();
  const failed = reader.readInt16();
  reader.readInt32();
  const found = reader.readArray((r) => {
    const topic = r.readString();
    return r.readArray((each) => readPartition(each, topic));
  });
  reader.readTaggedFields();
  const error = nameOf(failed);
  return error === null ? found.flat() : [{ topic: '', partition: -1, error, aborted: [], bytes: NOTHING }];
}

function readPartition(reader: Reader, topic: string): Found {
  const partition = reader.readInt32();
  const error = nameOf(reader.readInt16());
  reader.readInt64();
  reader.readInt64();
  reader.readInt64();
  const aborted = reader.readNullableArray((r) => ({
    producerId: r.readInt64(),
    firstOffset: r.readInt64(),
  }));
  reader.readInt32();
  return { topic, partition, error, aborted: aborted ?? [], bytes: reader.readBytes() };
}

function nameOf(code: number): string | null {
  if (code === 0) return null;
  return (protocolErrorsCodesById as Readonly<Record<number, string>>)[code] ?? `error ${code}`;
}
