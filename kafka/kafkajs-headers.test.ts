import type { IHeaders } from 'kafkajs';
import { expect, test } from 'vitest';
import { headersOf, toKafkajsHeaders } from '#kafka/kafkajs-headers.ts';

/** As `record/v0/decoder.js` of kafkajs 2.2.4 collects headers. */
function asKafkajsDecodes(pairs: readonly (readonly [string, Buffer | null])[]): IHeaders {
  const collect = (all: Record<string, unknown>, [key, value]: readonly [string, Buffer | null]) => {
    const before = all[key];
    const after = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
    return { ...all, [key]: after };
  };
  return pairs.reduce(collect, {}) as IHeaders;
}

test('headers named like what every object inherits bring only their own bytes', () => {
  const [a, b] = [Buffer.from('a'), Buffer.from('b')];
  const pairs = [
    ['__proto__', a],
    ['constructor', b],
    ['constructor', null],
    ['hasOwnProperty', a],
  ] as const;
  expect(headersOf(asKafkajsDecodes(pairs))).toEqual(pairs);
});

test('a null stays null, and a header without a name is a header', () => {
  const pairs = [
    ['gone', null],
    ['', Buffer.from('x')],
  ] as const;
  expect(headersOf(asKafkajsDecodes(pairs))).toEqual(pairs);
  expect(headersOf(undefined)).toEqual([]);
});

test('whatever is neither bytes nor null is left out', () => {
  expect(headersOf({ a: undefined, b: 'text' } as IHeaders)).toEqual([]);
});

test('what is sent holds every value under its own name, and no null', () => {
  const headers = toKafkajsHeaders([
    ['__proto__', Uint8Array.of(1)],
    ['twice', Uint8Array.of(2)],
    ['twice', Uint8Array.of(3)],
    ['gone', null],
  ]);
  expect(Object.keys(headers)).toEqual(['__proto__', 'twice', 'gone']);
  expect(headers.twice).toEqual([Buffer.of(2), Buffer.of(3)]);
  expect(headers.gone).toEqual([Buffer.alloc(0)]);
});
