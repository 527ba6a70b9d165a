import { Redis } from 'ioredis';
import { messageOf, ZonerError } from '#core/errors.ts';
import { addSleeps, MAX_SLEEPS, type Sleep } from '#recommendations/sleep.ts';
import type { SleepStore } from '#recommendations/store.ts';

export interface RedisStoreOptions {
  /** Before every key, so that tests and epochs do not meet. */
  readonly prefix?: string;
}

const DEADLINE_MS = 5000;
/** A person who sends nothing for so long is forgotten. */
const EXPIRE_SECONDS = 60 * 24 * 3600;

/**
 * One step a person: a sorted set of event ids by the time of waking up, and a hash with each sleep. Only the newest
 * stay. Whatever the order of calls and however often, the outcome is that of `addSleeps`.
 * KEYS: order, sleeps. ARGV: how many stay, seconds to live, then id, score, JSON a sleep. Returns how many are new and stay.
 */
const ADD = `
local new = {}
for i = 3, #ARGV, 3 do
  if redis.call('ZADD', KEYS[1], ARGV[i + 1], ARGV[i]) == 1 then new[#new + 1] = ARGV[i] end
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 2])
end
local surplus = redis.call('ZRANGE', KEYS[1], 0, -1 - tonumber(ARGV[1]))
if #surplus > 0 then
  redis.call('ZREM', KEYS[1], unpack(surplus))
  redis.call('HDEL', KEYS[2], unpack(surplus))
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[2])
local added = 0
for _, id in ipairs(new) do
  if redis.call('ZSCORE', KEYS[1], id) then added = added + 1 end
end
return added`;

/**
 * Sleeps in Redis. At most 60 a person, about 12 KB.
 * @throws ZonerError REDIS_UNAVAILABLE if it does not answer, REDIS_POLICY if it may evict keys to make room
 */
export async function openRedisStore(
  url: string,
  { prefix = 'zoner:' }: RedisStoreOptions = {},
): Promise<SleepStore> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: DEADLINE_MS,
    connectTimeout: DEADLINE_MS,
  });
  // Failures reach the callers of commands; without a listener they would end the process as well. But only what comes
  // here says why: a caller hears that the connection is closed.
  let reason: unknown = null;
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    await requireNoEviction(redis);
  } catch (error) {
    redis.disconnect();
    throw redisError(error instanceof ZonerError ? error : (reason ?? error));
  }
  const orderKey = (userId: string): string => `${prefix}{${userId}}:order`;
  const sleepsKey = (userId: string): string => `${prefix}{${userId}}:sleeps`;
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw redisError(error);
    }
  };
  return {
    add: (people) =>
      ask(async () => {
        const added = await Promise.all(
          [...people].map(([userId, sleeps]) => {
            const args = sleeps.flatMap((sleep) => [sleep.eventId, sleep.endedAt, JSON.stringify(sleep)]);
            return redis.eval(
              ADD,
              2,
              orderKey(userId),
              sleepsKey(userId),
              MAX_SLEEPS,
              EXPIRE_SECONDS,
              ...args,
            );
          }),
        );
        return added.reduce<number>((sum, each) => sum + Number(each), 0);
      }),
    read: (userId) =>
      ask(async () => {
        const sleeps = Object.values(await redis.hgetall(sleepsKey(userId)));
        return addSleeps(
          [],
          sleeps.map((json) => JSON.parse(json) as Sleep),
        );
      }),
    users: () => ask(() => knownUsers(redis, prefix)),
    async close() {
      await redis.quit().catch(() => redis.disconnect());
    },
  };
}

/** A Redis that evicts would forget people silently. A managed one may forbid the question; then the answer is trust. */
async function requireNoEviction(redis: Redis): Promise<void> {
  let policy: string | undefined;
  try {
    [, policy] = (await redis.config('GET', 'maxmemory-policy')) as string[];
  } catch (error) {
    if (/unknown command|NOPERM|not allowed/i.test(messageOf(error))) return;
    throw error;
  }
  if (policy === undefined || policy === 'noeviction') return;
  throw new ZonerError('REDIS_POLICY', `maxmemory-policy is ${policy}: this Redis may drop a person's state`);
}

async function knownUsers(redis: Redis, prefix: string): Promise<readonly string[]> {
  const pattern = new RegExp(`^${prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\{(.*)\\}:order$`);
  const users: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}{*}:order`, 'COUNT', 1000);
    for (const key of keys) users.push(pattern.exec(key)?.[1] ?? '');
    cursor = next;
  } while (cursor !== '0');
  return [...new Set(users)].sort();
}

function redisError(error: unknown): ZonerError {
  if (error instanceof ZonerError) return error;
  return new ZonerError('REDIS_UNAVAILABLE', `Redis: ${messageOf(error)}`, { cause: error });
}
