import type { Kafka } from 'kafkajs';
import { watchClusters } from '#kafka/kafkajs-clusters.ts';
import { type Answer, readFetchAnswer } from '#kafka/kafkajs-fetch-answer.ts';
import { endOfBatches, type FetchedRecords, readRecordBatches } from '#kafka/record-batches.ts';

/**
 * Stands for everything that one fetch brought of a partition, which is still bytes. kafkajs sees one message at the last
 * offset, so that its positions move as if it had read them all.
 */
export class Unread {
  readonly key = null;
  readonly value = null;
  readonly timestamp = '0';
  readonly attributes = 0;
  readonly headers = {};
  readonly offset: string;
  readonly #topic: string;
  readonly #answer: Answer;
  /** The offset that was asked for. */
  readonly #from: bigint;

  constructor(topic: string, answer: Answer, from: bigint) {
    this.#topic = topic;
    this.#answer = answer;
    this.#from = from;
    this.offset = String(endOfBatches(answer.bytes, from) - 1n);
  }

  /** False where the answer ends before its first batch does. */
  get hasBatch(): boolean {
    return BigInt(this.offset) >= this.#from;
  }

  /** @throws ZonerError TOPIC_DIFFERS */
  async read(): Promise<FetchedRecords> {
    const { partition, bytes, aborted } = this.#answer;
    return await readRecordBatches(bytes, { topic: this.#topic, partition }, this.#from, aborted);
  }
}

interface Protocol {
  readonly request: { readonly apiVersion: number };
  readonly response: { decode(bytes: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> };
}

/** What is fetched, as kafkajs asks for it. */
interface Wanted {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[];
  }[];
}

interface Broker {
  lookupRequest(key: number, definitions: unknown): (wanted: Wanted) => Protocol;
  fetch(options: unknown): Promise<unknown>;
}

interface Cluster {
  readonly brokerPool: { createBroker(options: unknown): Broker };
}

/** The version of a fetch that kafkajs 2.2.4 sends to every broker since Kafka 2.3; older ones are left to it. */
const VERSION = 11;

/**
 * Lets the consumers of this client leave what they fetch as bytes. kafkajs 2.2.4 makes ten objects of each record and
 * compares offsets as big integers, which takes longer than to decode the values (`bench/README.md`); and it collects headers
 * in an object, where their order and equal names are lost. Nothing of kafkajs but this one client changes.
 */
export function leaveUnread(kafka: Kafka): Kafka {
  watchClusters<Cluster>(kafka, ({ brokerPool }) => {
    const createBroker = brokerPool.createBroker;
    brokerPool.createBroker = (each) => fetchingBytes(createBroker(each));
  });
  return kafka;
}

function fetchingBytes(broker: Broker): Broker {
  const { fetch } = broker;
  const lookupRequest: Broker['lookupRequest'] = (key, definitions) => {
    const create = broker.lookupRequest(key, definitions);
    return (wanted) => {
      const protocol = create(wanted);
      if (protocol.request.apiVersion !== VERSION) return protocol;
      const response = { ...protocol.response, decode: async (bytes: Buffer) => decode(bytes, wanted) };
      return { ...protocol, response };
    };
  };
  // The same broker, seen by its own method with another way to look up how requests are written and read.
  const seen = Object.create(broker, { lookupRequest: { value: lookupRequest } }) as Broker;
  broker.fetch = (options) => fetch.call(seen, options);
  return broker;
}

/** What kafkajs makes of an answer, with one stand-in for all messages of a partition. */
export function decode(bytes: Buffer, wanted: Wanted) {
  const { throttleMs, errorCode, sessionId, topics } = readFetchAnswer(bytes);
  const offsets = new Map(
    wanted.topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, fetchOffset }) => [`${topic}/${partition}`, BigInt(fetchOffset)] as const),
    ),
  );
  return {
    throttleTime: 0,
    clientSideThrottleTime: throttleMs,
    errorCode,
    sessionId,
    responses: topics.map(({ topic, partitions }) => ({
      topicName: topic,
      partitions: partitions.map((answer) => ({
        partition: answer.partition,
        errorCode: answer.errorCode,
        highWatermark: String(answer.highWatermark),
        abortedTransactions: [],
        preferredReadReplica: answer.preferredReadReplica,
        messages: [new Unread(topic, answer, offsets.get(`${topic}/${answer.partition}`) ?? 0n)].filter(
          ({ hasBatch }) => hasBatch,
        ),
      })),
    })),
  };
}
