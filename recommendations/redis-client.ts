import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { RedisConfig } from '#core/config.ts';
import { messageOf, ZonerError } from '#core/errors.ts';
import { tlsError } from '#core/tls-error.ts';

const DEADLINE_MS = 5000;

/** Asks Redis, with every failure as one coded error. */
export interface RedisClient {
  readonly redis: Redis;
  ask<T>(work: (redis: Redis) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Connects.
 * @throws ZonerError REDIS_UNAVAILABLE if it does not answer, REDIS_AUTH, TLS_REFUSED, FILE_UNREADABLE for the authority,
 * REDIS_POLICY if it may evict keys to make room
 */
export async function openRedis(config: RedisConfig): Promise<RedisClient> {
  const { url, username, password, caPath } = config;
  const redis = new Redis(url, {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(caPath === null ? {} : { tls: { ca: readAuthority(caPath) } }),
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
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
  return {
    redis,
    async ask(work) {
      try {
        return await work(redis);
      } catch (error) {
        throw redisError(error);
      }
    },
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

function readAuthority(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ZonerError('FILE_UNREADABLE', `REDIS_CA_PATH: ${messageOf(error)}`, { cause: error });
  }
}

const TLS = { service: 'Redis', authority: 'REDIS_CA_PATH', address: 'REDIS_URL' };
/** What Redis answers to AUTH, and to everything from somebody who has not signed in. */
const NOT_SIGNED_IN = /^(WRONGPASS|NOAUTH|ERR invalid password)/;

function redisError(error: unknown): ZonerError {
  if (error instanceof ZonerError) return error;
  if (NOT_SIGNED_IN.test(messageOf(error)))
    return new ZonerError('REDIS_AUTH', 'Redis does not accept the credentials.', { cause: error });
  const refused = tlsError(error, TLS);
  if (refused !== null) return refused;
  return new ZonerError('REDIS_UNAVAILABLE', `Redis: ${messageOf(error)}`, { cause: error });
}
