import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDecoderCache } from '#avro/decoder-cache.ts';
import { frame } from '#avro/frame.ts';
import { ErasedPlaces } from '#consumer/erased-places.ts';
import {
  FOREIGN_ID,
  framedNap,
  INCOMPATIBLE_ID,
  nap,
  naps,
  OWN_ID,
  recordOf,
  UNKNOWN_ID,
  UNREADABLE_ID,
  writers,
} from '#consumer/examples.ts';
import { partition, schemaIdsOf } from '#consumer/partition.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import { createReader } from '#consumer/reader.ts';

const reader = createReader(naps);
const outcomeOf = (value: Uint8Array | null) => partition([recordOf(7n, value)], writers, reader);
const codeOf = (value: Uint8Array) => outcomeOf(value).refused[0]?.code;

test('a record that keeps its contract is accepted with its value and its own place as origin', () => {
  const { accepted, refused, skipped } = outcomeOf(framedNap(20));
  expect(accepted).toMatchObject([
    {
      schemaId: OWN_ID,
      value: { user: 'ada', minutes: 20 },
      origin: { topic: 'naps', partition: 1, offset: 7n, timestamp: 1_700_000_000_000n },
    },
  ]);
  expect([...refused, ...skipped]).toEqual([]);
});

test('a record that was erased is skipped, whatever its bytes are, and its neighbours are not', () => {
  const erased = new ErasedPlaces();
  erased.add(new Map([[1, [[7n, 8n]]]]));
  const passing = createReader(naps, createDecoderCache(), erased);
  const records = [6n, 7n, 8n, 9n].map((offset) => recordOf(offset, framedNap(20)));
  const { accepted, skipped } = partition([...records, recordOf(8n, Buffer.from('x'))], writers, passing);
  expect(accepted.map(({ origin }) => origin.offset)).toEqual([6n, 9n]);
  expect(skipped.map(({ reason }) => reason)).toEqual(['erased', 'erased', 'erased']);
});

test('a tombstone is skipped, not refused', () => {
  expect(outcomeOf(null)).toMatchObject({ accepted: [], refused: [], skipped: [{ reason: 'tombstone' }] });
});

test.each([
  ['text without a frame', Buffer.from('{"user":"ada"}'), 'NO_FRAME'],
  ['no bytes', new Uint8Array(0), 'NO_FRAME'],
  ['four bytes', new Uint8Array(4), 'NO_FRAME'],
  ['an id that the registry does not know', framedNap(20, UNKNOWN_ID), 'UNKNOWN_SCHEMA_ID'],
  ['an id of another subject', framedNap(20, FOREIGN_ID), 'SUBJECT_MISMATCH'],
  ['a schema that this contract cannot read', framedNap(20, INCOMPATIBLE_ID), 'WRITER_INCOMPATIBLE'],
  ['a schema that is none', framedNap(20, UNREADABLE_ID), 'WRITER_INCOMPATIBLE'],
  ['a payload cut short', frame(OWN_ID, nap(20).subarray(0, -1)), 'UNDECODABLE'],
  ['bytes after the value', frame(OWN_ID, Buffer.concat([nap(20), Buffer.from([0])])), 'UNDECODABLE'],
])('%s is refused with %3$s', (_, value, code) => {
  expect(codeOf(value)).toBe(code);
});

test('a subject that the contract accepts besides its own is read', () => {
  const widened = createReader({ ...naps, acceptSubjects: ['meals-value'] });
  expect(partition([recordOf(0n, framedNap(20, FOREIGN_ID))], writers, widened).accepted).toHaveLength(1);
});

test('only framed values ask the registry anything', () => {
  const records = [recordOf(0n, null), recordOf(1n, new Uint8Array(3)), recordOf(2n, framedNap(1))];
  expect([...schemaIdsOf(records)]).toEqual([OWN_ID]);
});

test('a value that stands among other bytes has the outcome of the same value alone', () => {
  const around = Buffer.from([0, 0, 0, 0, OWN_ID, 7, 7]);
  for (const value of [
    framedNap(20),
    nap(20),
    framedNap(20).subarray(0, -1),
    framedNap(1, FOREIGN_ID),
    null,
  ]) {
    const own = recordOf(7n, value);
    const source = Buffer.concat([around, value ?? Buffer.alloc(0), around]);
    const start = around.length;
    const among = { ...own, source, start, end: value === null ? start - 1 : start + value.length };
    expect(schemaIdsOf([among])).toEqual(schemaIdsOf([own]));
    const known = new Map(
      [...schemaIdsOf([own])].map((id) => [id, writers.get(id) ?? { kind: 'unknown' as const }]),
    );
    const told = ({ accepted, refused, skipped }: ReturnType<typeof partition>) => [
      accepted.map((each) => [each.schemaId, each.value]),
      refused.map(({ code, reason }) => [code, reason]),
      skipped.map(({ reason }) => reason),
    ];
    expect(told(partition([among], known, reader))).toEqual(told(partition([own], known, reader)));
  }
});

test('a record that was spread and lost its value is a bug, and no tombstone', () => {
  const { value: _lost, ...rest } = recordOf(7n, framedNap(20));
  expect(() => partition([rest as KafkaRecord], writers, reader)).toThrow(TypeError);
});

test('a refusal repeats no field value', () => {
  const secret = 'zq-secret-zq';
  const broken = Buffer.concat([framedNap(20), Buffer.from(secret)]);
  expect(outcomeOf(broken).refused[0]?.reason).not.toContain(secret);
});

test('whatever the bytes, each record has exactly one outcome, in order', () => {
  const bytes = fc.option(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 40 }).map((payload) => frame(OWN_ID, payload)),
      fc.integer({ min: -100, max: 100 }).map((minutes) => framedNap(minutes)),
    ),
  );
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 20 }), (values) => {
      const records = values.map((value, index) => recordOf(BigInt(index), value));
      const known = new Map(
        [...schemaIdsOf(records)].map((id) => [id, writers.get(id) ?? { kind: 'unknown' as const }]),
      );
      const { accepted, refused, skipped } = partition(records, known, reader);
      const offsets = [accepted, refused, skipped].map((list) => list.map(({ record }) => record.offset));
      for (const list of offsets) expect(list).toEqual(list.toSorted((a, b) => Number(a - b)));
      expect(offsets.flat().sort((a, b) => Number(a - b))).toEqual(records.map(({ offset }) => offset));
    }),
    { numRuns: 500 },
  );
});
