import fc from 'fast-check';
import { expect, test } from 'vitest';
import { framedNap, naps, recordOf } from '#consumer/examples.ts';
import { originOf, sha256Of } from '#consumer/origin.ts';
import type { KafkaRecord } from '#consumer/ports.ts';

const value = framedNap(20);
const TRUE_HEADERS = {
  topic: 'naps',
  partition: '4',
  offset: '17',
  timestamp: '1600000000000',
  'value.sha256': sha256Of(value),
};

function replayed(changes: Partial<Record<keyof typeof TRUE_HEADERS, string>> = {}, topic = 'naps-retry') {
  const headers = Object.entries({ ...TRUE_HEADERS, ...changes }).map(
    ([name, text]) => [`dlt.src.${name}`, Buffer.from(text)] as const,
  );
  return { ...recordOf(9n, value), topic, headers } satisfies KafkaRecord;
}

test('on the retry topic the headers say where a record came from first', () => {
  expect(originOf(replayed(), naps)).toEqual({
    kind: 'origin',
    origin: { topic: 'naps', partition: 4, offset: 17n, timestamp: 1_600_000_000_000n },
  });
});

test('on the source topic the same headers mean nothing: nobody can take the identity of another row', () => {
  expect(originOf(replayed({}, 'naps'), naps)).toMatchObject({
    origin: { topic: 'naps', partition: 1, offset: 9n },
  });
});

test.each([
  { topic: 'meals' },
  { partition: '-1' },
  { partition: '2147483648' },
  { offset: 'x' },
  { offset: '9223372036854775808' },
  { timestamp: '' },
  { 'value.sha256': sha256Of(framedNap(21)) },
])('a retry record with %o is refused', (changes) => {
  expect(originOf(replayed(changes), naps)).toMatchObject({ kind: 'invalid' });
});

test('whatever the headers hold, there is one verdict and no exception', () => {
  const header = fc.tuple(
    fc.constantFrom(...Object.keys(TRUE_HEADERS).map((name) => `dlt.src.${name}`)),
    fc.option(fc.uint8Array({ maxLength: 24 })),
  );
  fc.assert(
    fc.property(fc.array(header), (headers) => {
      const { kind } = originOf({ ...replayed(), headers }, naps);
      expect(['origin', 'invalid']).toContain(kind);
    }),
  );
});
