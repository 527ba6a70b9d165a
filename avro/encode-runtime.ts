import { GIVE_UP } from '#avro/generated-code.ts';
import { isUuidText } from '#avro/uuid-text.ts';

/**
 * What generated encoders call. Each function writes at `at` and returns the place behind. The caller sees to it that
 * `SPARE` bytes are free behind `limit`, so only what is longer than that is measured first.
 */
export const SPARE = 64;

/** Thrown where the buffer has no room for the value. */
export const FULL = Object.freeze({ message: 'the buffer is full' });

/** A method that every Buffer has and that @types/node leaves out: `write` without its checks. */
export interface WritableBuffer extends Buffer {
  utf8Write(text: string, offset: number): number;
}

/** One 64-bit number, seen as its two 32-bit halves. */
const halves = new Int32Array(2);
const asBigint = new BigInt64Array(halves.buffer);
const asDouble = new Float64Array(halves.buffer);
const asFloat = new Float32Array(halves.buffer);
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

export function giveUp(): never {
  throw GIVE_UP;
}

export function full(): never {
  throw FULL;
}

const { prototype: objectPrototype } = Object;

/** How many properties a value has. Inherited ones are counted too: then it is left to the interpreter. */
export function propertyCount(value: object): number {
  let count = 0;
  for (const _ in value) count += 1;
  return count;
}

/** How many entries a map has, where none is inherited. */
export function mapSize(value: object): number {
  for (const _ in objectPrototype) throw GIVE_UP;
  return propertyCount(value);
}

/** A varint of 32 bits, zig-zag done. */
export function putVarint(bytes: Buffer, start: number, raw: number): number {
  let at = start;
  let rest = raw >>> 0;
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

export function putInt(bytes: Buffer, at: number, value: number): number {
  return putVarint(bytes, at, (value << 1) ^ (value >> 31));
}

export function putLong(bytes: Buffer, at: number, value: bigint): number {
  asBigint[0] = value;
  if (asBigint[0] !== value) throw GIVE_UP;
  return putHalves(bytes, at, halves[LOW] as number, halves[HIGH] as number);
}

function putHalves(bytes: Buffer, start: number, low: number, high: number): number {
  const sign = high >> 31;
  let at = start;
  let rest = ((low << 1) ^ sign) >>> 0;
  let upper = ((high << 1) | (low >>> 31)) ^ sign;
  if (upper === 0) return putVarint(bytes, at, rest);
  bytes[at] = (rest & 127) | 128;
  bytes[at + 1] = ((rest >>> 7) & 127) | 128;
  bytes[at + 2] = ((rest >>> 14) & 127) | 128;
  bytes[at + 3] = ((rest >>> 21) & 127) | 128;
  at += 4;
  // 28 bits are written: four are left below, and the upper half follows them.
  rest = (rest >>> 28) | ((upper & 0x0fff_ffff) << 4);
  upper = upper >>> 28;
  rest >>>= 0;
  if (upper === 0) return putVarint(bytes, at, rest);
  bytes[at] = (rest & 127) | 128;
  bytes[at + 1] = ((rest >>> 7) & 127) | 128;
  bytes[at + 2] = ((rest >>> 14) & 127) | 128;
  bytes[at + 3] = ((rest >>> 21) & 127) | 128;
  return putVarint(bytes, at + 4, (rest >>> 28) | (upper << 4));
}

const isDate = (value: unknown): value is Date => value instanceof Date;

/** Milliseconds since 1970; what is no valid Date is left to the interpreter. */
export function putInstant(bytes: Buffer, at: number, value: unknown): number {
  if (!isDate(value)) throw GIVE_UP;
  const time = value.getTime();
  if (Number.isNaN(time)) throw GIVE_UP;
  return putHalves(bytes, at, time | 0, Math.floor(time / 2 ** 32));
}

export function putFloat(bytes: Buffer, at: number, value: number): number {
  asFloat[0] = value;
  const rounded = asFloat[0];
  if ((rounded === Number.POSITIVE_INFINITY || rounded === Number.NEGATIVE_INFINITY) && rounded !== value)
    throw GIVE_UP;
  putWord(bytes, at, halves[0] as number);
  return at + 4;
}

export function putDouble(bytes: Buffer, at: number, value: number): number {
  asDouble[0] = value;
  putWord(bytes, at, halves[LOW] as number);
  putWord(bytes, at + 4, halves[HIGH] as number);
  return at + 8;
}

function putWord(bytes: Buffer, at: number, word: number): void {
  bytes[at] = word & 255;
  bytes[at + 1] = (word >>> 8) & 255;
  bytes[at + 2] = (word >>> 16) & 255;
  bytes[at + 3] = word >>> 24;
}

/** Up to so many characters a loop is faster than a call out of JavaScript. */
const SHORT = 24;
/** What a short string takes at most with its length, before its limit is looked at again. */
export const SHORT_BYTES = 1 + 3 * SHORT;

export function putText(bytes: WritableBuffer, at: number, limit: number, text: string): number {
  const size = text.length;
  if (size > SHORT) return putLongText(bytes, at, limit, text);
  if (at > limit) throw FULL;
  const first = at + 1;
  for (let index = 0; index < size; index += 1) {
    const char = text.charCodeAt(index);
    if (char > 127) return putWideText(bytes, at, limit, text, index);
    bytes[first + index] = char;
  }
  bytes[at] = size << 1;
  return first + size;
}

/** The rest of a short string from its first character that takes more than one byte. */
function putWideText(bytes: WritableBuffer, at: number, limit: number, text: string, from: number): number {
  const first = at + 1;
  let end = first + from;
  for (let index = from; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (char < 0x80) bytes[end++] = char;
    else if (char < 0x800) {
      bytes[end++] = 0xc0 | (char >> 6);
      bytes[end++] = 0x80 | (char & 63);
    } else if (char < 0xd800 || char > 0xdfff) {
      bytes[end++] = 0xe0 | (char >> 12);
      bytes[end++] = 0x80 | ((char >> 6) & 63);
      bytes[end++] = 0x80 | (char & 63);
    } else return putLongText(bytes, at, limit, text);
  }
  const written = end - first;
  if (written > 63) return putLongText(bytes, at, limit, text);
  bytes[at] = written << 1;
  return end;
}

function putLongText(bytes: WritableBuffer, at: number, limit: number, text: string): number {
  const size = text.length;
  if (at + 3 * size > limit) throw FULL;
  const guess = varintSize(2 * size);
  const first = at + guess;
  const written = bytes.utf8Write(text, first);
  if (written !== size) {
    // Half of a surrogate pair would have become another character.
    if (!text.isWellFormed()) throw GIVE_UP;
    const width = varintSize(2 * written);
    if (width !== guess) bytes.copyWithin(at + width, first, first + written);
  }
  return putVarint(bytes, at, 2 * written) + written;
}

function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

export function putBytes(bytes: Buffer, at: number, limit: number, value: unknown): number {
  if (!(value instanceof Uint8Array)) throw GIVE_UP;
  if (at > limit) throw FULL;
  return putRaw(bytes, putVarint(bytes, at, 2 * value.length), limit, value);
}

export function putFixed(bytes: Buffer, at: number, limit: number, value: unknown, size: number): number {
  if (!(value instanceof Uint8Array) || value.length !== size) throw GIVE_UP;
  return putRaw(bytes, at, limit, value);
}

function putRaw(bytes: Buffer, at: number, limit: number, value: Uint8Array): number {
  if (at + value.length > limit) throw FULL;
  bytes.set(value, at);
  return at + value.length;
}

/** A UUID in its text form: written, then checked as bytes, which is faster than character by character. */
export function putUuid(bytes: WritableBuffer, at: number, limit: number, value: unknown): number {
  if (typeof value !== 'string' || value.length !== 36) throw GIVE_UP;
  if (at > limit) throw FULL;
  bytes[at] = 72;
  const first = at + 1;
  if (bytes.utf8Write(value, first) !== 36 || !isUuidText(bytes, first)) throw GIVE_UP;
  return first + 36;
}
