import type { Redis } from 'ioredis';
import type { RedisConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { type History, NOTHING_KNOWN } from '#recommendations/person/history.ts';
import {
  packSegments,
  SEGMENT_BYTES,
  SEGMENTS_KEPT,
  unpackSegments,
} from '#recommendations/person/segment.ts';
import { packTrip, TRIPS_KEPT, unpackTrip } from '#recommendations/person/trip.ts';
import { openRedis, type RedisClient } from '#recommendations/redis-client.ts';
import { CHECKPOINT, MERGE } from '#recommendations/redis-script.ts';
import type { Known, PersonStore } from '#recommendations/store.ts';

export interface RedisStoreOptions {
  /** Before every key, so that tests do not meet. */
  readonly prefix?: string;
}

/**
 * Histories in Redis, by epoch: people are read from the current epoch and added to it and to the one that is being
 * built, so that a rebuild misses nothing that is folded meanwhile.
 */
export interface RedisStore extends PersonStore {
  /** False on a Redis in which nothing was ever folded, and on one that lost what was. */
  hasEpoch(): Promise<boolean>;
  /** The server's release, as `Valkey 9.1.2`; null where the question is forbidden. */
  version(): Promise<string | null>;
  /** Starts the first epoch, where there is none. */
  startFirstEpoch(): Promise<void>;
  /** Starts to build a new epoch. One at a time: another one that is being built is given up. */
  buildEpoch(): Promise<number>;
  /** Adds to one epoch alone. */
  addTo(epoch: number, people: ReadonlyMap<string, History>): Promise<number>;
  /** Makes an epoch the current one and forgets all others. */
  switchTo(epoch: number): Promise<void>;
}

/** A person who sends nothing for so long is forgotten. */
const EXPIRE_SECONDS = 60 * 24 * 3600;
const SCAN_COUNT = 1000;

/**
 * At most 32 sleeps, 84 lights, 14 meals and 3 trips a person, under 4 KB as `MEMORY USAGE` counts.
 * @throws ZonerError REDIS_UNAVAILABLE, REDIS_AUTH, TLS_REFUSED, REDIS_POLICY; `add` also REDIS_EMPTIED, where no epoch is left
 */
export async function openRedisStore(
  config: RedisConfig,
  { prefix = 'zoner:' }: RedisStoreOptions = {},
): Promise<RedisStore> {
  const client = await openRedis(config);
  const { redis } = client;
  redis.defineCommand('zonerMerge', { numberOfKeys: 1, lua: MERGE });
  redis.defineCommand('zonerCheckpoint', { numberOfKeys: 1, lua: CHECKPOINT });
  const epochs = `${prefix}epochs`;
  const keyOf = (epoch: number, userId: string): string => `${prefix}${epoch}:{${userId}}`;
  const currentEpoch = async (): Promise<number | null> => {
    const current = await client.ask(() => redis.hget(epochs, 'current'));
    return current === null ? null : Number(current);
  };
  /** The keys of a person in the epoch that serves and in the one that is being built. */
  const keysOf = async (userId: string): Promise<string[]> => {
    const found = await client.ask(() => redis.hmget(epochs, 'current', 'building'));
    return found.flatMap((epoch) => (epoch === null ? [] : [keyOf(Number(epoch), userId)]));
  };
  const addTo = (epoch: number, people: ReadonlyMap<string, History>): Promise<number> =>
    client.ask(async () => {
      const added = await Promise.all(
        [...people].map(([userId, history]) => merge(redis, keyOf(epoch, userId), history)),
      );
      return added.reduce((sum, each) => sum + each, 0);
    });
  return {
    addTo,
    async add(people) {
      const [current, building] = await client.ask(() => redis.hmget(epochs, 'current', 'building'));
      if (current == null)
        throw new ZonerError('REDIS_EMPTIED', 'Redis holds none of what was folded into it');
      const [added] = await Promise.all([
        addTo(Number(current), people),
        building == null ? 0 : addTo(Number(building), people),
      ]);
      return added;
    },
    async read(userId) {
      const epoch = await currentEpoch();
      if (epoch === null) return { history: NOTHING_KNOWN, version: 0, checkpoint: null };
      return client.ask(() => readPerson(redis, keyOf(epoch, userId)));
    },
    async checkpoint(userId, version, text) {
      const epoch = await currentEpoch();
      if (epoch === null) return;
      await client.ask(() => call(redis, 'zonerCheckpoint', [keyOf(epoch, userId), version, text]));
    },
    async holds(userId) {
      const keys = await keysOf(userId);
      return keys.length > 0 && (await client.ask(() => redis.exists(keys))) > 0;
    },
    async forget(userId) {
      const keys = await keysOf(userId);
      if (keys.length > 0) await client.ask(() => redis.unlink(keys));
    },
    async users() {
      const epoch = await currentEpoch();
      if (epoch === null) return [];
      const start = `${prefix}${epoch}:{`;
      const users = await keysLike(client, `${prefix}${epoch}:{*}`);
      return users.map((key) => key.slice(start.length, -1)).sort();
    },
    hasEpoch: async () => (await currentEpoch()) !== null,
    version: () => client.ask((asked) => asked.info('server').then(releaseOf, () => null)),
    async startFirstEpoch() {
      await client.ask(() => redis.hsetnx(epochs, 'current', '1'));
      await client.ask(() => redis.hsetnx(epochs, 'last', '1'));
    },
    buildEpoch: () =>
      client.ask(async () => {
        const epoch = await redis.hincrby(epochs, 'last', 1);
        await redis.hset(epochs, 'building', epoch);
        return epoch;
      }),
    async switchTo(epoch) {
      await client.ask(() => redis.multi().hset(epochs, 'current', epoch).hdel(epochs, 'building').exec());
      const keep = `${prefix}${epoch}:{`;
      const all = await keysLike(client, `${prefix}*:{*}`);
      const others = all.filter((key) => !key.startsWith(keep));
      for (const key of others) await client.ask(() => redis.unlink(key));
    },
    close: () => client.close(),
  };
}

async function call(redis: Redis, command: string, args: readonly unknown[]): Promise<unknown> {
  return (redis as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>)[command]?.(
    ...args,
  );
}

async function merge(redis: Redis, key: string, history: History): Promise<number> {
  const { sleep, light, meal, trips, whereabouts } = history;
  const added = await call(redis, 'zonerMerge', [
    key,
    EXPIRE_SECONDS,
    SEGMENT_BYTES,
    whereabouts?.at ?? '',
    whereabouts?.timeZone ?? '',
    TRIPS_KEPT,
    packSegments(sleep),
    SEGMENTS_KEPT.sleep,
    packSegments(light),
    SEGMENTS_KEPT.light,
    packSegments(meal),
    SEGMENTS_KEPT.meal,
    ...trips.map(packTrip),
  ]);
  return Number(added);
}

async function readPerson(redis: Redis, key: string): Promise<Known> {
  const fields = await redis.hgetallBuffer(key);
  const packed = (field: string): Buffer => fields[field] ?? Buffer.alloc(0);
  const where = fields.z?.toString();
  const space = where?.indexOf(' ') ?? -1;
  const history: History = {
    sleep: unpackSegments('sleep', packed('s')),
    light: unpackSegments('light', packed('l')),
    meal: unpackSegments('meal', packed('m')),
    trips: packed('t').toString().split('\n').filter(Boolean).map(unpackTrip),
    whereabouts:
      where === undefined ? null : { at: Number(where.slice(0, space)), timeZone: where.slice(space + 1) },
  };
  return { history, version: Number(fields.v ?? 0), checkpoint: fields.c?.toString() ?? null };
}

async function keysLike({ redis, ask }: RedisClient, pattern: string): Promise<readonly string[]> {
  const glob = pattern.replace(/[[\]?\\]/g, '\\$&');
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, keys] = await ask(() => redis.scan(cursor, 'MATCH', glob, 'COUNT', SCAN_COUNT));
    for (const key of keys) found.add(key);
    cursor = next;
  } while (cursor !== '0');
  return [...found];
}

/** Valkey says as which Redis it counts, and beside that what it is. */
function releaseOf(info: string): string | null {
  const said = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  const valkey = said('valkey_version');
  if (valkey !== undefined) return `Valkey ${valkey}`;
  const redis = said('redis_version');
  return redis === undefined ? null : `Redis ${redis}`;
}
