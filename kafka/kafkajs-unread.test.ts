import { createRequire } from 'node:module';
import { createRecordsBatch } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { decode, leaveUnread, Unread } from '#kafka/kafkajs-unread.ts';

const require = createRequire(import.meta.url);
const theirs = require('kafkajs/src/protocol/requests/fetch/v11/response.js') as {
  decode(bytes: Buffer): Promise<ReturnType<typeof decode>>;
};
const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => {
  writeInt16(value: number): void;
  writeInt32(value: number): void;
  writeInt64(value: bigint): void;
  writeString(value: string): void;
  writeBytes(value: Buffer): void;
  readonly buffer: Buffer;
};

/** Two records at offsets 5 and 6. */
function batch(): Buffer {
  const messages = ['a', 'b'].map((value) => ({
    key: null,
    value: Buffer.from(value),
    timestamp: 7n,
    topic: 't',
    partition: 3,
    headers: new Map([[Buffer.from('h'), Buffer.from(value)]]),
  }));
  const bytes = Buffer.from(createRecordsBatch(messages as never, {} as never).buffer);
  bytes.writeBigInt64BE(5n);
  return bytes;
}

/** An answer of a broker with these bytes of one partition. */
function answer(bytes: Buffer, errorCode = 0): Buffer {
  const encoder = new Encoder();
  encoder.writeInt32(12);
  encoder.writeInt16(0);
  encoder.writeInt32(9);
  encoder.writeInt32(1);
  encoder.writeString('t');
  encoder.writeInt32(1);
  encoder.writeInt32(3);
  encoder.writeInt16(errorCode);
  for (const offset of [70n, 60n, 2n]) encoder.writeInt64(offset);
  encoder.writeInt32(1);
  encoder.writeInt64(44n);
  encoder.writeInt64(5n);
  encoder.writeInt32(2);
  encoder.writeBytes(bytes);
  return encoder.buffer;
}

const wanted = { topics: [{ topic: 't', partitions: [{ partition: 3, fetchOffset: '6' }] }] };

test('an answer is what kafkajs reads in it, with one message at the last offset for all of a partition', async () => {
  const [own, reference] = [decode(answer(batch()), wanted), await theirs.decode(answer(batch()))];
  const [partition] = own.responses[0]?.partitions ?? [];
  const [expected] = reference.responses[0]?.partitions ?? [];
  expect(own).toMatchObject({ throttleTime: 0, clientSideThrottleTime: 12, errorCode: 0, sessionId: 9 });
  expect(own.responses[0]?.topicName).toBe(reference.responses[0]?.topicName);
  for (const name of ['partition', 'errorCode', 'highWatermark', 'preferredReadReplica'] as const)
    expect([name, partition?.[name]]).toEqual([name, expected?.[name]]);
  expect(partition?.messages.map(({ offset }) => offset)).toEqual([expected?.messages.at(-1)?.offset]);
});

test('what it stands for are the records from the asked offset on, as they came', async () => {
  const [unread] = decode(answer(batch()), wanted).responses[0]?.partitions[0]?.messages ?? [];
  expect(unread).toBeInstanceOf(Unread);
  const { records, end } = (await unread?.read()) ?? {};
  expect(end).toBe(7n);
  expect(records?.map(({ offset, value, headers }) => [offset, String(value), headers])).toEqual([
    [6n, 'b', [['h', Buffer.from('b')]]],
  ]);
});

test.each([
  ['no bytes', Buffer.alloc(0)],
  ['the beginning of a batch', batch().subarray(0, 70)],
])('%s are no message, and the error of a partition stays', (_, bytes) => {
  const [partition] = decode(answer(bytes, 1), wanted).responses[0]?.partitions ?? [];
  expect(partition).toMatchObject({ messages: [], errorCode: 1 });
});

interface Inside {
  readonly brokerPool: { createBroker(options: unknown): { fetch(options: unknown): Promise<unknown> } };
}

/** A broker of this client that answers a fetch of this version with what its answer would be read by. */
async function readerOf(kafka: Kafka, version: number): Promise<string> {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) =>
    description?.endsWith('createCluster'),
  );
  const create = (kafka as unknown as Record<symbol, (options: object) => Inside>)[symbol as symbol];
  const used = Promise.withResolvers<string>();
  const connectionPool = {
    send: async ({ response }: { response: { decode: unknown } }) =>
      used.resolve(response.decode === theirs.decode ? 'kafkajs' : 'Zoner'),
  };
  const broker = create?.({}).brokerPool.createBroker({ connectionPool, logger: kafka.logger() });
  const lookupRequest =
    (_: number, { protocol }: { protocol(at: object): (options: object) => object }) =>
    (options: object) => {
      return { ...protocol({ version: 11 })(options), request: { apiVersion: version } };
    };
  Object.assign(broker ?? {}, { lookupRequest });
  await broker?.fetch({ ...wanted, replicaId: -1 });
  return used.promise;
}

test('only the client that was asked to leaves anything unread, and only in the version that is known', async () => {
  const client = (): Kafka => new Kafka({ brokers: ['localhost:1'], logLevel: logLevel.NOTHING });
  expect(await readerOf(leaveUnread(client()), 11)).toBe('Zoner');
  expect(await readerOf(leaveUnread(client()), 10)).toBe('kafkajs');
  expect(await readerOf(client(), 11)).toBe('kafkajs');
});
