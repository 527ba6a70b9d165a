import { randomBytes } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, type Consumption, connect, type Handler, Refusal } from '#client/zoner.ts';
import { scan } from '#consumer/scan.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import { createLog } from '#core/log.ts';
import type { ContractValue } from '#generated/contract-value.ts';
import { createKafkajsConsumer } from '#kafka/kafkajs-consumer.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { createKafkajsTopics } from '#kafka/kafkajs-topics.ts';
import { applyTopics, readTopicsPlan } from '#kafka/topics-apply.ts';
import { desiredTopics } from '#kafka/topics-desired.ts';
import { createRegistryClient } from '#registry/client.ts';
import { liveConfig, liveEnvironment } from '#stack/live-environment.ts';

/** What application code meets on the real broker and registry: refusals, failures, and systems that are away. */

const NAP =
  '{"type":"record","name":"Nap","fields":[{"name":"user","type":"string"},{"name":"minutes","type":"int"}]}';
interface Nap {
  user: string;
  minutes: number;
}
const ID = randomBytes(3).toString('hex');
const config = liveConfig();
const offsets = createKafkajsOffsets(config.kafka);
const [REFUSING, FAILING, UNREGISTERED, LETTERLESS] = [
  'refusing',
  'failing',
  'unregistered',
  'letterless',
].map((what) => `${what}_${ID}`) as [string, string, string, string];

/** The contract of a topic as generated code carries it. */
function napsOf(topic: string): ContractValue<Nap, Nap> {
  const { fingerprint } = exampleContract(NAP);
  const types = [{ subject: `${topic}-value`, fullName: 'Nap', text: NAP, references: [] }];
  const place = { name: topic, topic, subject: `${topic}-value`, key: 'user', acceptSubjects: [] };
  return { ...place, schema: NAP, types, partitions: 1, fingerprint };
}

async function makeTopics(keep: (name: string) => boolean): Promise<void> {
  const contracts = [REFUSING, FAILING, UNREGISTERED, LETTERLESS].map((topic) => {
    return { ...exampleContract(NAP), name: topic, topic, partitions: 1 };
  });
  const admin = createKafkajsTopics(config.kafka);
  const desired = desiredTopics(contracts).filter(({ name }) => keep(name));
  await applyTopics(await readTopicsPlan(desired, admin), admin);
}

beforeAll(async () => {
  const registry = createRegistryClient(config.registry);
  const registered = [REFUSING, FAILING, UNREGISTERED, LETTERLESS].map((topic) =>
    registry.register(`${topic}-value`, NAP, []),
  );
  await Promise.all([...registered, makeTopics((name) => name !== topicNames(LETTERLESS).deadLetters)]);
});
afterAll(() => offsets.close());

/** An application of the name `app`. */
function application(more: Readonly<Record<string, string>> = {}): Connection {
  const env = { ...liveEnvironment(), ZONER_SCHEMA_SNAPSHOT: 'off', ...more };
  return connect({ name: 'app', env, log: createLog('silent') });
}

/** @returns the consumption, and what it was held by so far */
async function consuming(
  zoner: Connection,
  topic: string,
  handler: Handler<Nap>,
): Promise<Consumption & { readonly held: readonly string[] }> {
  const held: string[] = [];
  const consumption = await zoner.consume(napsOf(topic), handler, {
    unknownWaitMs: 0,
    onHeld: ({ code }, _, place) => held.push(`${code} ${place}`),
  });
  return { ...consumption, held };
}

async function lettersOf(topic: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const letters: Record<string, string>[] = [];
  const deps = {
    transport: createKafkajsConsumer(config.kafka),
    offsets,
    signal: new AbortController().signal,
  };
  await scan(topicNames(topic).deadLetters, deps, ({ key, value, headers }) => {
    const facts = headers.map(([name, bytes]) => [name, String(bytes)]);
    letters.push({
      key: String(key),
      value: Buffer.from(value ?? '').toString('hex'),
      ...Object.fromEntries(facts),
    });
  });
  return letters;
}

const committed = async (topic: string): Promise<bigint | undefined> =>
  (await offsets.committed(`app-${topic}`, topic)).get(0);

async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await sleep(20);
}

describe.concurrent('an application', () => {
  test('has one dead letter of a record that its handler refuses, and goes on', async () => {
    await using zoner = application();
    const naps = [1, 2, 3].map((minutes) => ({ user: 'ada', minutes }));
    await zoner.send(napsOf(REFUSING), ...naps);
    const handled: number[] = [];
    const consumption = await consuming(zoner, REFUSING, ({ minutes }, { offset }) => {
      if (minutes === 2) throw new Refusal('too short a nap');
      handled.push(Number(offset));
    });
    await consumption.caughtUp();
    expect(handled).toEqual([0, 2]);
    expect(await committed(REFUSING)).toBe(3n);
    const letters = await lettersOf(REFUSING);
    expect(letters).toEqual([
      expect.objectContaining({
        key: 'ada',
        // The frame, "ada", and 2 as Avro writes it.
        value: expect.stringMatching(/^00[0-9a-f]{8}0661646104$/),
        'dlt.id': `${await offsets.clusterId()}/${REFUSING}/0/1`,
        'dlt.code': 'HANDLER_REFUSED',
        'dlt.error.message': 'too short a nap',
        'dlt.retriable': 'false',
        'dlt.attempts': '1',
        'dlt.group': `app-${REFUSING}`,
        'dlt.src.topic': REFUSING,
        'dlt.src.partition': '0',
        'dlt.src.offset': '1',
      }),
    ]);
    expect(consumption.held).toEqual([]);
  });

  test('gets a record again at which its handler fails, keeps what came before, and writes no letter', async () => {
    await using zoner = application();
    await zoner.send(napsOf(FAILING), ...[1, 2, 3].map((minutes) => ({ user: 'ada', minutes })));
    const handed: number[] = [];
    const consumption = await consuming(zoner, FAILING, ({ minutes }) => {
      handed.push(minutes);
      if (minutes === 2 && handed.length < 4) throw new TypeError('a database that is not there');
    });
    await until(() => consumption.held.length > 0);
    expect(await committed(FAILING)).toBe(0n);
    await consumption.caughtUp();
    expect(handed).toEqual([1, 2, 2, 2, 3]);
    expect(consumption.held).toEqual(Array(2).fill(`HANDLER_FAILED ${FAILING}/0`));
    expect(await committed(FAILING)).toBe(3n);
    expect(await lettersOf(FAILING)).toEqual([]);
  });

  test('waits for a registry that is away, and handles everything once it is back', async () => {
    await using sender = application();
    await sender.send(napsOf(UNREGISTERED), { user: 'ada', minutes: 1 });
    const registry = await detour(config.registry.url);
    await using zoner = application({ SCHEMA_REGISTRY_URL: registry.url });
    await registry.leave();
    const handled: number[] = [];
    const consumption = await consuming(zoner, UNREGISTERED, ({ minutes }) => void handled.push(minutes));
    await until(() => consumption.held.length > 1);
    expect(new Set(consumption.held)).toEqual(new Set([`REGISTRY_UNAVAILABLE ${UNREGISTERED}/0`]));
    expect([handled, await committed(UNREGISTERED)]).toEqual([[], 0n]);
    await registry.comeBack();
    await consumption.caughtUp();
    expect([handled, await committed(UNREGISTERED)]).toEqual([[1], 1n]);
    expect(await lettersOf(UNREGISTERED)).toEqual([]);
    await registry.leave();
  });

  test('waits for a dead letter topic that is not there, and has one letter once it is', async () => {
    await using zoner = application();
    await zoner.send(napsOf(LETTERLESS), { user: 'ada', minutes: 1 });
    let handed = 0;
    const consumption = await consuming(zoner, LETTERLESS, () => {
      handed += 1;
      throw new Refusal('no nap');
    });
    await until(() => consumption.held.length > 0);
    expect(consumption.held[0]).toBe(`TOPIC_MISSING ${LETTERLESS}/0`);
    expect(await committed(LETTERLESS)).toBe(0n);
    await makeTopics(() => true);
    await consumption.caughtUp();
    expect([handed, await committed(LETTERLESS)]).toEqual([1, 1n]);
    expect(await lettersOf(LETTERLESS)).toHaveLength(1);
  });
});

/** A way to a server that can be closed, and opened again at the same address. */
async function detour(
  to: string,
): Promise<{ readonly url: string; leave(): Promise<void>; comeBack(): Promise<void> }> {
  const { origin, pathname } = new URL(to);
  let server = createServer();
  const listen = (port: number): Promise<void> => {
    server = createServer((incoming, outgoing) => {
      const { method, headers } = incoming;
      const onward = request(`${origin}${incoming.url}`, { ...(method && { method }), headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${pathname === '/' ? '' : pathname}`,
    comeBack: () => listen(port),
    leave() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
