import { expect, test } from 'vitest';
import { parseConfig } from '#core/config.ts';
import { kafkaClient } from '#kafka/kafka-client.ts';

test.each([
  [undefined, false],
  ['kafkajs', false],
  ['platformatic', true],
])(
  'KAFKA_CLIENT=%s chooses the client, which is told by whether it keeps headers exactly',
  async (name, exact) => {
    const { kafka } = parseConfig({ KAFKA_CLIENT: name });
    const client = await kafkaClient(kafka);
    expect(client.consumer(kafka).exactHeaders).toBe(exact);
  },
);

test('a client that there is not is refused with the settings', () => {
  expect(() => parseConfig({ KAFKA_CLIENT: 'librdkafka' })).toThrow(/KAFKA_CLIENT/);
});
