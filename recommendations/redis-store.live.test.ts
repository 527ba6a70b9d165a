import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { openRedisStore } from '#recommendations/redis-store.ts';
import { storeSuite } from '#recommendations/store-suite.ts';
import { liveConfig } from '#stack/live-environment.ts';

const { redisUrl } = liveConfig();
const prefix = `test-${randomUUID()}:`;

storeSuite('Redis', () => openRedisStore(redisUrl, { prefix }));

test('keys expire, so that a person who is gone is forgotten', async () => {
  const store = await openRedisStore(redisUrl, { prefix });
  const sleep = { eventId: 'e', startedAt: 0, endedAt: 1, localMidpoint: 3, timeZone: 'UTC' };
  await store.add(new Map([['gone', [sleep]]]));
  const redis = new Redis(redisUrl);
  const keys = await redis.keys(`${prefix}{gone}:*`);
  expect(keys).toHaveLength(2);
  for (const key of keys) expect(await redis.ttl(key)).toBeGreaterThan(59 * 86_400);
  await Promise.all([store.close(), redis.quit()]);
});

test('a Redis that is down is one coded error with a remedy', async () => {
  await expect(openRedisStore('redis://127.0.0.1:1')).rejects.toMatchObject({
    code: 'REDIS_UNAVAILABLE',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});
