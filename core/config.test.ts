import { expect, test } from 'vitest';
import { parseConfig } from '#core/config.ts';
import { isZonerError } from '#core/errors.ts';

function problemsOf(env: Record<string, string>): string {
  try {
    parseConfig(env);
  } catch (error) {
    if (isZonerError(error, 'CONFIG_INVALID')) return error.message;
    throw error;
  }
  return '';
}

test('an empty environment means the services of this machine, and no warehouse', () => {
  const config = parseConfig({ KAFKA_BROKER: '', SNOWFLAKE_ACCOUNT: '' });
  expect(config.kafka).toEqual({
    brokers: ['127.0.0.1:9092'],
    client: 'kafkajs',
    ssl: false,
    sasl: null,
  });
  expect(config.registry).toEqual({ url: 'http://127.0.0.1:8081/apis/ccompat/v7', auth: null, caPath: null });
  expect(config.snowflake).toBeNull();
});

test('one error lists every wrong variable', () => {
  const problems = problemsOf({ KAFKA_SSL: 'yes', SCHEMA_REGISTRY_URL: 'ftp://x', REDIS_URL: '6379' });
  expect(problems).toMatch(/KAFKA_SSL/);
  expect(problems).toMatch(/SCHEMA_REGISTRY_URL/);
  expect(problems).toMatch(/REDIS_URL/);
});

test('variables that need one another are asked for together', () => {
  expect(problemsOf({ KAFKA_SASL_MECHANISM: 'plain' })).toMatch('KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD');
  expect(problemsOf({ SCHEMA_REGISTRY_USER: 'u' })).toMatch('SCHEMA_REGISTRY_PASSWORD');
  expect(problemsOf({ SNOWFLAKE_ACCOUNT: 'a', SNOWFLAKE_USER: 'u' })).toMatch('set exactly one');
});

test('the account of the local Snowflake needs nothing else', () => {
  const local = { SNOWFLAKE_ACCOUNT: 'local', SNOWFLAKE_LOCAL_URL: 'http://snowflake:8085' };
  expect(parseConfig(local).snowflake).toMatchObject({ user: 'zoner', accessUrl: 'http://snowflake:8085' });
  expect(
    parseConfig({ ...local, SNOWFLAKE_ACCOUNT: 'acme', SNOWFLAKE_USER: 'u', SNOWFLAKE_PASSWORD: 'p' })
      .snowflake,
  ).toMatchObject({ accessUrl: null });
});

test('a mechanism of Amazon is refused with what MSK offers instead', () => {
  const problems = problemsOf({ KAFKA_SASL_MECHANISM: 'aws-msk-iam' });
  expect(problems).toMatch('KAFKA_SASL_MECHANISM: AWS_MSK_IAM is not supported: use scram-sha-512');
});

test('a token for Kafka is one that is set, or comes from an endpoint with a client', () => {
  const sasl = { KAFKA_SASL_MECHANISM: 'oauthbearer' };
  const client = { KAFKA_OAUTH_TOKEN_URL: 'https://id.example/token', KAFKA_OAUTH_CLIENT_ID: 'zoner' };
  expect(problemsOf(sasl)).toMatch('KAFKA_OAUTH_TOKEN');
  expect(problemsOf({ ...sasl, ...client })).toMatch('KAFKA_OAUTH_CLIENT_SECRET');
  expect(problemsOf({ ...sasl, ...client, KAFKA_OAUTH_TOKEN: 'x' })).toMatch('set either');
  expect(parseConfig({ ...sasl, KAFKA_OAUTH_TOKEN: 'x' }).kafka.sasl).toEqual({
    mechanism: 'oauthbearer',
    token: 'x',
  });
  expect(parseConfig({ ...sasl, ...client, KAFKA_OAUTH_CLIENT_SECRET: 's' }).kafka.sasl).toMatchObject({
    token: { clientId: 'zoner', clientSecret: 's', scope: null },
  });
});

test('no value of a variable reaches the error, because it may be a secret', () => {
  expect(problemsOf({ SCHEMA_REGISTRY_USER: 'u', SCHEMA_REGISTRY_TOKEN: 't0ps3cret' })).not.toMatch(
    't0ps3cret',
  );
  expect(problemsOf({ REDIS_URL: 'http://:hunter2@x' })).not.toMatch('hunter2');
});

test('a database name that would need quoting is refused', () => {
  expect(problemsOf({ SNOWFLAKE_DATABASE: 'a"; DROP' })).toMatch(/SNOWFLAKE_DATABASE: must be a plain/);
});

test('several brokers, a registry with a path and a Snowflake key pair are understood', () => {
  const config = parseConfig({
    KAFKA_BROKER: 'a:1, b:2',
    SCHEMA_REGISTRY_URL: 'https://r.example/apis/ccompat/v7/',
    SNOWFLAKE_ACCOUNT: 'acme',
    SNOWFLAKE_USER: 'loader',
    SNOWFLAKE_PRIVATE_KEY_PATH: 'key.p8',
  });
  expect(config.kafka.brokers).toEqual(['a:1', 'b:2']);
  expect(config.registry.url).toBe('https://r.example/apis/ccompat/v7');
  expect(config.snowflake?.auth).toEqual({ privateKeyPath: 'key.p8' });
});
