import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { deadLetter } from '#consumer/dead-letter.ts';
import { naps, recordOf } from '#consumer/examples.ts';
import type { RefusedRecord } from '#consumer/outcome.ts';
import type { KafkaRecord } from '#consumer/ports.ts';

const facts = { clusterId: 'c1', group: 'zoner-warehouse', appVersion: '0.1.0', now: 1_800_000_000_000n };
const value = Buffer.from([0xff, 0xfe, 0x00]);

function refused(record: Partial<KafkaRecord> = {}, reason = 'the bytes end early'): RefusedRecord {
  const whole = { ...recordOf(42n, value), ...record };
  return {
    record: whole,
    origin: whole,
    code: 'UNDECODABLE',
    reason,
    schemaId: 7,
    subjects: ['naps-value'],
  };
}

const headersOf = (each: RefusedRecord) =>
  new Map(
    deadLetter(each, naps, facts).headers.map(([name, bytes]) => [name, Buffer.from(bytes ?? '').toString()]),
  );

test('a letter holds the key and value of its record, byte for byte', () => {
  const letter = deadLetter(refused(), naps, facts);
  expect(letter.value).toBe(value);
  expect(letter.key).toEqual(Buffer.from('ada'));
  expect(deadLetter(refused({ key: null, value: null }), naps, facts)).toMatchObject({
    key: null,
    value: null,
  });
});

test('a letter goes to the partition of its record, on a topic with fewer partitions around', () => {
  expect(deadLetter(refused(), naps, facts)).toMatchObject({ topic: 'naps-dlt', partition: 1 });
  expect(deadLetter(refused({ partition: 5 }), naps, facts).partition).toBe(1);
});

const bytesOf = (headers: KafkaRecord['headers']): number =>
  headers.reduce((sum, [name, bytes]) => sum + Buffer.byteLength(name) + (bytes?.length ?? 0) + 10, 0);
/** A broker allows a letter so much more than its record. */
const ROOM = 64 * 1024;

test.each([
  ['one long header', [['blob', Buffer.alloc(900_000, 7)]]],
  ['many headers', Array.from({ length: 20_000 }, (_, at) => [`h${at}`, Buffer.from('x')])],
  ['many headers without values', Array.from({ length: 20_000 }, (_, at) => [`h${at}`, null])],
  ['names that are text to us, and three times as long', [['\ufffd'.repeat(100_000), Buffer.from('x')]]],
] as [string, KafkaRecord['headers']][])('a letter fits its topic: %s', (_, headers) => {
  const first = deadLetter(
    { ...refused({ headers }), subjects: Array(5000).fill('naps-value') },
    naps,
    facts,
  );
  // Of what a name of replaced bytes takes here, a third was there.
  const before = headers.reduce((sum, [name]) => sum + name.replaceAll('\ufffd', '?').length, 0);
  const was = before + headers.reduce((sum, [, bytes]) => sum + (bytes?.length ?? 0), 0);
  expect(bytesOf(first.headers)).toBeLessThan(was + headers.length * 10 + ROOM);
  const told = new Map(first.headers.map(([name, bytes]) => [name, String(bytes)]));
  expect(told.get('dlt.src.headers.left.out')).toBe('too long');
  // Refused again after a replay it has not grown.
  const again = { ...recordOf(1n, value), topic: 'naps-retry', headers: first.headers };
  const second = deadLetter({ ...refused(), record: again }, naps, facts);
  expect(bytesOf(second.headers)).toBeLessThan(bytesOf(first.headers) + 100);
});

test('of headers that are too long for their exact list, those that a client can send are kept', () => {
  const headers: KafkaRecord['headers'] = [
    ['blob', Buffer.alloc(900_000, 7)],
    ['none', null],
    ['trace', Buffer.from('t1')],
  ];
  const kept = deadLetter(refused({ headers }), naps, facts).headers.slice(0, 2);
  expect(kept).toEqual([headers[0], headers[2]]);
});

test('a letter is stamped now, so that it does not expire on arrival', () => {
  expect(deadLetter(refused(), naps, facts).timestamp).toBe(facts.now);
});

test('a letter names its record, its hash and its reason, for Zoner and for Kafka Connect tools', () => {
  const headers = headersOf(refused());
  expect(Object.fromEntries(headers)).toMatchObject({
    trace: 't1',
    'dlt.id': 'c1/naps/1/42',
    'dlt.src.topic': 'naps',
    'dlt.src.partition': '1',
    'dlt.src.offset': '42',
    'dlt.src.timestamp': '1700000000000',
    'dlt.src.value.sha256': createHash('sha256').update(value).digest('hex'),
    'dlt.code': 'UNDECODABLE',
    'dlt.schema.id': '7',
    'dlt.attempts': '1',
    '__connect.errors.topic': 'naps',
    '__connect.errors.offset': '42',
    '__connect.errors.exception.message': 'the bytes end early',
  });
});

test('original headers are kept exactly in one header, also those that a client cannot send', () => {
  const headers = [
    ['a', null],
    ['a', Buffer.from([0xff])],
  ] as const;
  const kept = headersOf(refused({ headers })).get('dlt.src.headers');
  expect(JSON.parse(kept ?? '')).toEqual([
    ['a', null],
    ['a', '/w=='],
  ]);
});

test('a long reason is cut to a kibibyte of valid UTF-8', () => {
  const reason = headersOf(refused({}, 'ä'.repeat(2000))).get('dlt.error.message') ?? '';
  expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(1024);
  expect(reason).not.toContain('\uFFFD');
});
