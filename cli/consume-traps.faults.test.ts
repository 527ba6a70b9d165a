import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, judge } from '#cli/fault-judge.ts';
import { openScene, type Scene, startMember } from '#cli/fault-scene.ts';
import { chance, faultSeeds } from '#cli/fault-seeds.ts';
import { REFUSAL_CODES } from '#consumer/outcome.ts';
import { parseConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { createKafkajsProducer } from '#kafka/kafkajs-producer.ts';
import { liveEnvironment } from '#stack/live-environment.ts';

/** What stops a naive kafkajs consumer for good, given to Zoner's on the real services. */

const ID = randomBytes(3).toString('hex');
const FUZZED = `fuzzed_${ID}`;
const SHAKY = `shaky_${ID}`;
const LARGE = `large_${ID}`;
const DATABASE = `TRAPS_${ID.toUpperCase()}`;
const env = { ...liveEnvironment(), SNOWFLAKE_DATABASE: DATABASE, ZONER_SCHEMA_SNAPSHOT: 'off' };
const config = parseConfig(env);
const RECORDS = 2000;
let scene: Scene;

beforeAll(async () => {
  scene = await openScene(config, [FUZZED, SHAKY, LARGE]);
});
afterAll(() => scene.close());

const accountOf = async (topic: string, produced: number): Promise<Account | undefined> =>
  (await judge(env, DATABASE, [topic], produced))[0];

/** Bytes of every kind: 0 to 5 of them, random ones, and good values that are cut, flipped or given another frame. */
function fuzzed(random: () => number): Uint8Array | null {
  const good = Buffer.from(scene.good(Math.floor(random() * 1000)));
  const dice = random();
  const noise = (length: number): Buffer =>
    Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  if (dice < 0.05) return null;
  if (dice < 0.25) return noise(Math.floor(random() * 6));
  if (dice < 0.35) return noise(Math.floor(random() * 300));
  if (dice < 0.5) return good.subarray(0, Math.floor(random() * good.length));
  if (dice < 0.65) {
    const at = Math.floor(random() * good.length);
    good[at] = (good[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    return good;
  }
  if (dice < 0.75) return Buffer.concat([good.subarray(0, 5), Buffer.alloc(11, 0xff)]);
  return good;
}

test(`${RECORDS} fuzzed values have one outcome each, with the breaker off, and the consumer lives`, async () => {
  const [seed = 1] = faultSeeds('consume-traps', { ...process.env, ZONER_SEEDS: '1' });
  const random = chance(seed);
  // 1 to 4 bytes make a decoder throw a RangeError, at which kafkajs stops a consumer for ever.
  const short = [0, 1, 2, 3, 4, 5].map((length) => Buffer.alloc(length));
  const values = [...short, ...Array.from({ length: RECORDS - short.length - 1 }, () => fuzzed(random))];
  await scene.sendValues(FUZZED, [...values, scene.good(1)]);
  const member = await startMember(config, FUZZED, { accept: REFUSAL_CODES });
  await member.caughtUp();
  await member.stop();
  const { rows = 0, deadLetters = 0, skipped = 0 } = (await accountOf(FUZZED, RECORDS)) ?? {};
  expect(Math.min(rows, deadLetters, skipped)).toBeGreaterThan(0);
});

test('a record that is as large as its topic takes has a letter, whatever makes it large', async () => {
  const producer = createKafkajsProducer(config.kafka);
  const record = { topic: LARGE, partition: 0, key: null, headers: [], timestamp: null };
  await producer.send([
    // What a broker takes of the first is what it is compressed to, and of the others their random bytes.
    { ...record, value: Buffer.alloc(3_000_000, 'no frame') },
    { ...record, value: randomBytes(1_040_000) },
    { ...record, value: Buffer.from('no frame'), headers: [['blob', randomBytes(1_000_000)]] },
    { ...record, value: scene.good(1) },
  ]);
  await producer.close();
  const member = await startMember(config, LARGE);
  await member.caughtUp();
  await member.stop();
  expect(await accountOf(LARGE, 4)).toMatchObject({ rows: 1, deadLetters: 3 });
});

test('more failures than kafkajs retries, with successes in between, end nothing', async () => {
  // kafkajs counts failures until it joins again, and not until something succeeds: the sixth ends the consumer.
  let writes = 0;
  let held = 0;
  const member = await startMember(config, SHAKY, {
    onHeld: () => {
      held += 1;
    },
    change: (deps, sink) => ({
      deps,
      sink: {
        async write(records, signal) {
          writes += 1;
          if (writes % 2 === 1) throw new ZonerError('WAREHOUSE_UNAVAILABLE', 'for a moment');
          return sink.write(records, signal);
        },
      },
    }),
  });
  await scene.sendValues(
    SHAKY,
    Array.from({ length: 140 }, (_, at) => scene.good(at)),
  );
  await member.caughtUp();
  await member.stop();
  expect(held).toBeGreaterThan(6);
  expect(await accountOf(SHAKY, 140)).toMatchObject({ rows: 140 });
});
