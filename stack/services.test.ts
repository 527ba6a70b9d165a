import { expect, test } from 'vitest';
import { serverProperties } from '#stack/kafka-process.ts';
import { type ServiceReport, startServices, withoutCredentials } from '#stack/services.ts';

const GIVEN = {
  KAFKA_BROKER: 'kafka.example:9092',
  SCHEMA_REGISTRY_URL: 'https://registry.example',
  REDIS_URL: 'redis://:secret@redis.example:6379',
  SNOWFLAKE_ACCOUNT: 'account',
};

function start(env: Readonly<Record<string, string>>, told: ServiceReport[]) {
  return startServices({
    env,
    folder: '/nowhere',
    signal: new AbortController().signal,
    engine: 'process',
    onProcess: () => {},
    onContainer: () => {},
    onStarted: (report) => told.push(report),
  });
}

test('a service that the environment names is neither started nor asked for its tools', async () => {
  const told: ServiceReport[] = [];
  const services = await start(GIVEN, told);
  expect(told.map(({ name, how }) => `${name}: ${how}`).sort()).toEqual([
    'kafka: environment',
    'redis: environment',
    'registry: environment',
    'snowflake: environment',
  ]);
  await services.stop();
});

test('what is told of a service shows no password', async () => {
  const told: ServiceReport[] = [];
  await start(GIVEN, told);
  expect(JSON.stringify(told)).not.toContain('secret');
  expect(withoutCredentials('redis://user:p@ss@host:6379/0')).toBe('redis://host:6379/0');
  expect(withoutCredentials('http://host:8081/a@b')).toBe('http://host:8081/a@b');
  expect(withoutCredentials('one:9092,two:9092')).toBe('one:9092,two:9092');
});

test('every listener of the broker is on 127.0.0.1, and nothing waits for a second broker', () => {
  const lines = serverProperties(9, 10, '/data').trim().split('\n');
  const properties = Object.fromEntries(lines.map((line) => line.split(/=(.*)/)));
  expect(properties).toMatchObject({
    listeners: 'PLAINTEXT://127.0.0.1:9,CONTROLLER://127.0.0.1:10',
    'advertised.listeners': 'PLAINTEXT://127.0.0.1:9',
    'log.dirs': '/data',
  });
  const replicas = Object.keys(properties).filter((name) => /replication\.factor|min\.isr/.test(name));
  expect(replicas.map((name) => properties[name])).toEqual(replicas.map(() => '1'));
  expect(replicas).toHaveLength(5);
});
