import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { type History, mergeHistories, NOTHING_KNOWN } from '#recommendations/person/history.ts';
import { SEGMENTS_KEPT, type Segment, segmentId } from '#recommendations/person/segment.ts';
import { openRedisStore, type RedisStore } from '#recommendations/redis-store.ts';
import { storeSuite } from '#recommendations/store-suite.ts';
import { liveConfig } from '#stack/live-environment.ts';

const { redis: settings } = liveConfig();

async function open(): Promise<{ readonly store: RedisStore; readonly prefix: string }> {
  const prefix = `test-${randomUUID()}:`;
  const store = await openRedisStore(settings, { prefix });
  await store.startFirstEpoch();
  return { store, prefix };
}

storeSuite('Redis', async () => (await open()).store);

function segments(kind: Segment['kind'], count: number): readonly Segment[] {
  return Array.from({ length: count }, (_, index) => {
    return { kind, id: segmentId(`${kind}${index}`), end: 30 * index, minutes: 30, value: 999, offset: 60 };
  });
}
const oneNight: History = mergeHistories(NOTHING_KNOWN, {
  ...NOTHING_KNOWN,
  sleep: segments('sleep', 1),
});

test('a person of whom as much is known as is kept takes under 4 KB, and expires', async () => {
  const { store, prefix } = await open();
  const trips = [1, 2, 3].map((plannedAt) => {
    const zones = { origin: 'America/Argentina/ComodRivadavia', destination: 'America/Indiana/Petersburg' };
    const id = segmentId(String(plannedAt));
    return {
      id,
      plannedAt: Date.now() + plannedAt,
      ...zones,
      departsAt: Date.now(),
      arrivesAt: Date.now(),
      isCancelled: false,
    };
  });
  const history: History = {
    sleep: segments('sleep', SEGMENTS_KEPT.sleep),
    light: segments('light', SEGMENTS_KEPT.light),
    meal: segments('meal', SEGMENTS_KEPT.meal),
    trips,
    whereabouts: { timeZone: 'America/Argentina/ComodRivadavia', at: Date.now() },
  };
  await store.add(new Map([['full', history]]));
  await store.checkpoint('full', 1, 'x'.repeat(600));
  const redis = new Redis(settings.url);
  const key = `${prefix}1:{full}`;
  expect(await redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '0')).toBeLessThan(4096);
  expect(await redis.ttl(key)).toBeGreaterThan(59 * 86_400);
  await Promise.all([store.close(), redis.quit()]);
});

test('while a new epoch is built the old one serves, and what is folded meanwhile is in both', async () => {
  const { store, prefix } = await open();
  await store.add(new Map([['old', oneNight]]));
  const epoch = await store.buildEpoch();
  await store.addTo(epoch, new Map([['rebuilt', oneNight]]));
  await store.add(new Map([['meanwhile', oneNight]]));
  expect(await store.users()).toEqual(['meanwhile', 'old']);
  await store.switchTo(epoch);
  expect(await store.users()).toEqual(['meanwhile', 'rebuilt']);
  const redis = new Redis(settings.url);
  expect(await redis.keys(`${prefix}1:*`)).toEqual([]);
  await Promise.all([store.close(), redis.quit()]);
});

test('a Redis that was emptied takes nothing more until it is rebuilt', async () => {
  const { store, prefix } = await open();
  const redis = new Redis(settings.url);
  await redis.del(`${prefix}epochs`);
  const people = new Map([['ada', oneNight]]);
  await expect(store.add(people)).rejects.toMatchObject({ code: 'REDIS_EMPTIED', retryable: true });
  const epoch = await store.buildEpoch();
  await expect(store.add(people)).rejects.toMatchObject({ code: 'REDIS_EMPTIED' });
  await store.addTo(epoch, people);
  await store.switchTo(epoch);
  expect(await store.add(people)).toBe(0);
  await Promise.all([store.close(), redis.quit()]);
});

test('a Redis that may evict is refused', async () => {
  const redis = new Redis(settings.url);
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  try {
    await expect(openRedisStore(settings)).rejects.toMatchObject({ code: 'REDIS_POLICY' });
  } finally {
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.quit();
  }
});

test('a Redis that is down is one coded error with a remedy', async () => {
  await expect(openRedisStore({ ...settings, url: 'redis://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'REDIS_UNAVAILABLE',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});
