import { expect, test } from 'vitest';
import { parseFrame } from '#avro/frame.ts';
import { ZonerError } from '#core/errors.ts';
import type { LocalTimestampMillis, Uuid } from '#generated/logical-types.ts';
import { UserActivity, type UserActivityInput } from '#generated/user-activity/types.ts';
import type { OutgoingRecord } from '#producer/ports.ts';
import { createProducer } from '#producer/producer.ts';

const activity: UserActivityInput = {
  eventId: '0198c2f4-7d3b-4c11-9a52-0d2f6f1c9b10' as Uuid,
  userId: 'ada',
  occurredAt: new Date(0),
  occurredAtLocal: 0n as LocalTimestampMillis,
  timeZone: 'UTC',
  activity: { kind: 'Meal' },
};

function harness(idOf: () => Promise<number> = async () => 7) {
  const sent: OutgoingRecord[] = [];
  const asked: string[] = [];
  const producer = createProducer({
    transport: { send: async (records) => void sent.push(...records), close: async () => {} },
    schemaIds: {
      idOf: async (types) => {
        asked.push(types.at(-1)?.subject ?? '');
        return idOf();
      },
    },
  });
  return { sent, asked, producer };
}

test('a value goes to its topic, under its key, framed with the registered id', async () => {
  const { sent, producer } = harness();
  await producer.send(UserActivity, activity);
  expect(sent).toMatchObject([{ topic: 'user_activity', partition: null, key: Buffer.from('ada') }]);
  expect(parseFrame(sent[0]?.value ?? new Uint8Array())?.schemaId).toBe(7);
});

test('the id is looked up once, however much is sent', async () => {
  const { asked, producer } = harness();
  await Promise.all([producer.send(UserActivity, activity), producer.send(UserActivity, activity, activity)]);
  await producer.send(UserActivity, activity);
  expect(asked).toEqual(['user_activity-value']);
});

test('a value that does not fit is refused with its field, and nothing is sent', async () => {
  const { sent, producer } = harness();
  const wrong = { ...activity, userId: 5 } as unknown as UserActivityInput;
  await expect(producer.send(UserActivity, activity, wrong)).rejects.toMatchObject({
    code: 'VALUE_INVALID',
    message: expect.stringContaining('userId'),
  });
  expect(sent).toEqual([]);
});

test('a producer whose schema is not registered refuses, and asks again the next time', async () => {
  let registered = false;
  const { sent, asked, producer } = harness(async () => {
    if (!registered) throw new ZonerError('NOT_REGISTERED', 'not there');
    return 7;
  });
  await expect(producer.prepare(UserActivity)).rejects.toMatchObject({
    code: 'NOT_REGISTERED',
    remedy: 'Run: zoner registry apply',
  });
  registered = true;
  await producer.send(UserActivity, activity);
  expect([sent.length, asked.length]).toEqual([1, 2]);
});
