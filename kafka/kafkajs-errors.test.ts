import { expect, test } from 'vitest';
import { ZonerError } from '#core/errors.ts';
import { brokerCodesOf, kafkaError } from '#kafka/kafkajs-errors.ts';

const broker = (type: string): Error => Object.assign(new Error(`the broker says ${type}`), { type });

test('what the broker said is found under any number of wrappings', () => {
  const wrapped = new Error('retries', { cause: new Error('not retriable', { cause: broker('X') }) });
  expect(brokerCodesOf(wrapped)).toEqual(['X']);
  expect(brokerCodesOf(Object.assign(new Error('all'), { errors: [broker('A'), broker('B')] }))).toEqual([
    'A',
    'B',
  ]);
});

test('an error that is its own cause ends', () => {
  const error = broker('X');
  error.cause = error;
  expect(brokerCodesOf(error)).toEqual(['X']);
});

test('an error that calls itself not retriable is an outage all the same', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED'), { retriable: false });
  expect(kafkaError(error, 'sending')).toMatchObject({ code: 'KAFKA_UNAVAILABLE', retryable: true });
});

test('a missing topic is no outage', () => {
  expect(kafkaError(broker('UNKNOWN_TOPIC_OR_PARTITION'), 'sending').code).toBe('TOPIC_MISSING');
});

test('a compression that cannot be read is no outage, and says what to do', () => {
  const error = Object.assign(new Error('ZSTD compression not implemented'), {
    name: 'KafkaJSNotImplemented',
  });
  expect(kafkaError(error, 'consuming')).toMatchObject({
    code: 'TOPIC_DIFFERS',
    remedy: expect.stringContaining('gzip'),
  });
});

test.each([
  ['MESSAGE_TOO_LARGE', 'max.message.bytes'],
  ['TOPIC_AUTHORIZATION_FAILED', 'Grant'],
])('%s says what to do', (type, words) => {
  expect(kafkaError(broker(type), 'sending').remedy).toContain(words);
});

test('a group that cannot be found may be one that the user may not read', () => {
  const error = Object.assign(new Error('Failed to find group coordinator'), {
    name: 'KafkaJSGroupCoordinatorNotFound',
  });
  expect(kafkaError(error, 'consuming')).toMatchObject({
    code: 'KAFKA_UNAVAILABLE',
    remedy: expect.stringContaining('zoner acl print'),
  });
});

test('credentials that the broker does not accept are no outage', () => {
  const error = kafkaError(broker('SASL_AUTHENTICATION_FAILED'), 'sending');
  expect(error).toMatchObject({ code: 'KAFKA_AUTH', remedy: expect.stringContaining('KAFKA_SASL_PASSWORD') });
});

test('an error that is ours already stays as it is', () => {
  const error = new ZonerError('TOPIC_MISSING', 'x');
  expect(kafkaError(error, 'sending')).toBe(error);
});
