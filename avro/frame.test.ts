import { expect, test } from 'vitest';
import { frame, parseFrame } from '#avro/frame.ts';

const payload = Uint8Array.of(1, 2, 3);

test('a frame is byte 0, the id big-endian, and the payload', () => {
  expect([...frame(0x01020304, payload)]).toEqual([0, 1, 2, 3, 4, 1, 2, 3]);
});

test.each([1, 2 ** 31, 2 ** 32 - 1])('id %i and its payload come back', (schemaId) => {
  expect(parseFrame(frame(schemaId, payload))).toEqual({ schemaId, payload: Buffer.from(payload) });
});

test('an empty payload is a frame', () => {
  expect(parseFrame(frame(7, new Uint8Array()))?.payload).toHaveLength(0);
});

test.each([
  ['no bytes', []],
  ['four bytes', [0, 0, 0, 1]],
  ['another first byte', [1, 0, 0, 0, 1, 9]],
  ['id 0', [0, 0, 0, 0, 0, 9]],
])('%s is no frame', (_, bytes) => {
  expect(parseFrame(Uint8Array.from(bytes))).toBeNull();
});

test('an id that four bytes cannot hold is a bug, not a frame', () => {
  expect(() => frame(0, payload)).toThrow('not a schema id');
  expect(() => frame(2 ** 32, payload)).toThrow('not a schema id');
});
