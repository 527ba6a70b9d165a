import { expect, test } from 'vitest';
import { tlsError } from '#core/tls-error.ts';

const SETTINGS = { service: 'Kafka', authority: 'THE_CA', address: 'THE_ADDRESS' };
const failed = (code: string): Error => Object.assign(new Error('handshake'), { code });

test.each([
  ['CERT_HAS_EXPIRED', 'out of date', 'Renew'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'another host', 'THE_ADDRESS'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'nobody trusted', 'THE_CA'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no TLS', 'THE_ADDRESS'],
])('%s says what is wrong, and what to do', (code, reason, remedy) => {
  const wrapped = new Error('retries', { cause: new AggregateError([failed('X'), failed(code)]) });
  expect(tlsError(wrapped, SETTINGS)).toMatchObject({
    code: 'TLS_REFUSED',
    retryable: false,
    message: expect.stringContaining(reason),
    remedy: expect.stringContaining(remedy),
  });
});

test('a refused connection is no matter of TLS, and an error that is its own cause ends', () => {
  const error = failed('ECONNREFUSED');
  error.cause = error;
  expect(tlsError(error, SETTINGS)).toBeNull();
});
