import { isUtf8 } from 'node:buffer';
import { isoDate } from '#avro/date-time.ts';
import { GIVE_UP } from '#avro/generated-code.ts';
import { MAX_EMPTY_ITEMS } from '#avro/payload-cursor.ts';
import { SHORT_TEXT, shortText } from '#avro/short-text.ts';
import { isUuidText } from '#avro/uuid-text.ts';

/**
 * What generated decoders call. Each function reads at `at`, leaves the place behind what it read in `place.at`, and
 * gives up on whatever it does not take at once. Bytes past the end of a payload may be read as numbers; loops, lengths
 * and the end of the value are where that is noticed.
 */
export const place = { at: 0, emptyItems: 0 };

/** Methods that every Buffer has and that @types/node leaves out: `toString` without its checks. */
export interface SliceableBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
}

/** Two 32-bit halves, seen as whichever 64-bit number they are. */
const halves = new Int32Array(2);
const asBigint = new BigInt64Array(halves.buffer);
const asDouble = new Float64Array(halves.buffer);
const asFloat = new Float32Array(halves.buffer);
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

export function giveUp(): never {
  throw GIVE_UP;
}

/** A varint of at most 32 bits, zig-zag not undone, that begins at `at`. */
export function varint(bytes: Buffer, start: number): number {
  let at = start;
  let byte = bytes[at++] as number;
  let raw = byte & 127;
  if (byte > 127) {
    byte = bytes[at++] as number;
    raw |= (byte & 127) << 7;
    if (byte > 127) {
      byte = bytes[at++] as number;
      raw |= (byte & 127) << 14;
      if (byte > 127) {
        byte = bytes[at++] as number;
        raw |= (byte & 127) << 21;
        if (byte > 127) {
          byte = bytes[at++] as number;
          // Longer forms of a small number are allowed and rare: the interpreter reads them.
          if (byte > 15) throw GIVE_UP;
          raw |= byte << 28;
        }
      }
    }
  }
  place.at = at;
  return raw >>> 0;
}

/** Reads a varint of 64 bits without its sign into three parts: 27 bits, 28 bits, and the rest. */
const parts = { middle: 0, high: 0, negative: 0 };

function split(bytes: Buffer, start: number): number {
  let at = start;
  let byte = bytes[at++] as number;
  parts.negative = byte & 1;
  parts.middle = 0;
  parts.high = 0;
  let low = (byte & 127) >> 1;
  if (byte > 127) {
    byte = bytes[at++] as number;
    low |= (byte & 127) << 6;
    if (byte > 127) {
      byte = bytes[at++] as number;
      low |= (byte & 127) << 13;
      if (byte > 127) {
        byte = bytes[at++] as number;
        low |= (byte & 127) << 20;
        if (byte > 127) at = splitRest(bytes, at);
      }
    }
  }
  place.at = at;
  return low;
}

function splitRest(bytes: Buffer, start: number): number {
  let at = start;
  let byte = bytes[at++] as number;
  let middle = byte & 127;
  if (byte > 127) {
    byte = bytes[at++] as number;
    middle |= (byte & 127) << 7;
    if (byte > 127) {
      byte = bytes[at++] as number;
      middle |= (byte & 127) << 14;
      if (byte > 127) {
        byte = bytes[at++] as number;
        middle |= (byte & 127) << 21;
        if (byte > 127) {
          byte = bytes[at++] as number;
          parts.high = byte & 127;
          if (byte > 127) {
            byte = bytes[at++] as number;
            if (byte > 1) throw GIVE_UP;
            parts.high |= byte << 7;
          }
        }
      }
    }
  }
  parts.middle = middle;
  return at;
}

export function long(bytes: Buffer, at: number): bigint {
  const low = split(bytes, at);
  const { middle, high, negative } = parts;
  halves[LOW] = (low | (middle << 27)) ^ -negative;
  halves[HIGH] = ((middle >>> 5) | (high << 23)) ^ -negative;
  return asBigint[0] as bigint;
}

/** A long as a number that is exact up to 2^53, and only known to be larger beyond. */
export function roughLong(bytes: Buffer, at: number): number {
  const magnitude = split(bytes, at) + parts.middle * 2 ** 27 + parts.high * 2 ** 55;
  return parts.negative === 1 ? -magnitude - 1 : magnitude;
}

const MAX_DATE = 8_640_000_000_000_000;

export function instant(bytes: Buffer, at: number): Date {
  const time = roughLong(bytes, at);
  if (time > MAX_DATE || time < -MAX_DATE) throw GIVE_UP;
  return new Date(time);
}

/** Milliseconds of a clock, within the years that `isoDateTime` writes. */
export function clockMillis(bytes: Buffer, at: number): bigint {
  const time = roughLong(bytes, at);
  if (time > MAX_DATE + 999 || time < -MAX_DATE) throw GIVE_UP;
  const low = time | 0;
  halves[LOW] = low;
  halves[HIGH] = Math.floor(time / 2 ** 32);
  return asBigint[0] as bigint;
}

export function float(bytes: Buffer, at: number): number {
  halves[0] = word(bytes, at);
  return asFloat[0] as number;
}

export function double(bytes: Buffer, at: number): number {
  halves[LOW] = word(bytes, at);
  halves[HIGH] = word(bytes, at + 4);
  return asDouble[0] as number;
}

function word(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** The length of a string or of bytes that end before `end`. */
export function length(bytes: Buffer, start: number, end: number): number {
  let raw = bytes[start] as number;
  let at = start + 1;
  if (raw > 127) {
    raw = varint(bytes, start);
    at = place.at;
  }
  const size = raw >>> 1;
  if ((raw & 1) === 1 || !(at + size <= end)) throw GIVE_UP;
  place.at = at;
  return size;
}

/** A block's count of items; below zero where the block's size follows. */
export function count(bytes: Buffer, start: number): number {
  return roughLong(bytes, start);
}

export function skipVarint(bytes: Buffer, start: number): number {
  let at = start;
  while ((bytes[at++] as number) > 127) if (at - start > 9) throw GIVE_UP;
  if (at - start === 10 && (bytes[at - 1] as number) > 1) throw GIVE_UP;
  return at;
}

export function countEmptyItem(): void {
  place.emptyItems += 1;
  if (place.emptyItems > MAX_EMPTY_ITEMS) throw GIVE_UP;
}

export function bytesOf(bytes: Buffer, start: number, end: number): Buffer {
  const size = length(bytes, start, end);
  return fixedOf(bytes, place.at, end, size);
}

/** A copy, so that a value does not keep the whole fetch alive. */
export function fixedOf(bytes: Buffer, start: number, end: number, size: number): Buffer {
  if (start + size > end) throw GIVE_UP;
  const copy = Buffer.allocUnsafe(size);
  bytes.copy(copy, 0, start, start + size);
  place.at = start + size;
  return copy;
}

/** Decoded text without a cache. */
export function plainText(bytes: SliceableBuffer, start: number, end: number): string {
  const size = end - start;
  const short = size <= SHORT_TEXT && size > 0 ? shortText(bytes, start, size) : null;
  if (short !== null) return short;
  const text = bytes.utf8Slice(start, end);
  // Every byte that is no UTF-8 becomes this character, which may also be there by right.
  if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) throw GIVE_UP;
  return text;
}

/** A string whose 36 characters are a UUID. */
export function uuid(bytes: SliceableBuffer, start: number, end: number): string {
  const first = start + 1;
  if (bytes[start] !== 72 || first + 36 > end || !isUuidText(bytes, first)) throw GIVE_UP;
  place.at = first + 36;
  return bytes.latin1Slice(first, first + 36);
}

/** Days and their text, as dates repeat within a batch. */
const dateDays = new Int32Array(1024).fill(-0x8000_0000);
const dateTexts: string[] = Array(1024).fill('');

export function dateText(days: number): string {
  const slot = days & 1023;
  if (dateDays[slot] === days) return dateTexts[slot] as string;
  const text = isoDate(days);
  if (text === null) throw GIVE_UP;
  dateDays[slot] = days;
  dateTexts[slot] = text;
  return text;
}
