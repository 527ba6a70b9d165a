import { constants, isUtf8 } from 'node:buffer';
import { ZonerError } from '#core/errors.ts';

/**
 * Items and records that take no bytes are limited for a payload as a whole, since its length does not limit them: four
 * bytes announce a block of millions of nulls, and thirty records that each hold the one before twice are a billion.
 */
export const MAX_EMPTY_ITEMS = 65_536;

/** Goes through the bytes of one payload, and refuses what Avro does not allow. Errors name the field, never a value. */
export class PayloadCursor {
  readonly bytes: Buffer;
  readonly end: number;
  at: number;
  #emptyItems = 0;

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  finish(): void {
    const left = this.end - this.at;
    if (left > 0) this.refuse('', `${left} bytes follow the value`);
  }

  /** Passes over so many bytes and gives the place where they begin. */
  take(count: number, path: string): number {
    const start = this.at;
    if (start + count > this.end) this.refuse(path, 'the bytes end early');
    this.at += count;
    return start;
  }

  view(count: number, path: string): Buffer {
    const start = this.take(count, path);
    return this.bytes.subarray(start, start + count);
  }

  boolean(path: string): boolean {
    const byte = this.bytes[this.take(1, path)] ?? 0;
    if (byte > 1) this.refuse(path, 'a boolean is neither 0 nor 1');
    return byte === 1;
  }

  /** Zig-zag, seven bits a byte, at most ten bytes and 64 bits. */
  long(path: string): bigint {
    let raw = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.take(1, path)] ?? 0;
      raw |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (raw >= 1n << 64n) break;
        return (raw >> 1n) ^ -(raw & 1n);
      }
    }
    return this.refuse(path, 'a number takes more than 64 bits');
  }

  integer(path: string, lowest: bigint, highest: bigint): number {
    const value = this.long(path);
    if (value < lowest || value > highest)
      this.refuse(path, `a number is not between ${lowest} and ${highest}`);
    return Number(value);
  }

  int(path: string): number {
    return this.integer(path, -(2n ** 31n), 2n ** 31n - 1n);
  }

  /** An index below `count`: of a symbol or a branch. */
  index(path: string, count: number): number {
    return this.integer(path, 0n, BigInt(count) - 1n);
  }

  length(path: string): number {
    const length = this.long(path);
    if (length < 0n) this.refuse(path, 'a length is negative');
    if (length > BigInt(this.end - this.at)) this.refuse(path, 'the bytes end early');
    return Number(length);
  }

  text(path: string): string {
    const bytes = this.view(this.length(path), path);
    if (!isUtf8(bytes)) this.refuse(path, 'a string is not valid UTF-8');
    if (bytes.length > constants.MAX_STRING_LENGTH)
      this.refuse(path, 'a string is longer than JavaScript holds');
    return bytes.toString();
  }

  /** Blocks of items until one of none; a negative count is followed by the block's size in bytes. */
  blocks(path: string, item: () => void): void {
    for (;;) {
      let count = this.long(path);
      if (count === 0n) return;
      let end: number | null = null;
      if (count < 0n) {
        count = -count;
        end = this.length(path) + this.at;
      }
      for (let done = 0n; done < count; done += 1n) {
        const start = this.at;
        item();
        if (this.at === start) this.countEmpty(path);
      }
      if (end !== null && end !== this.at) this.refuse(path, 'a block is not as long as it says');
    }
  }

  /** As `blocks`, but passes over blocks that say how many bytes they take. */
  skipBlocks(path: string, item: () => void): void {
    for (let count = this.long(path); count !== 0n; count = this.long(path)) {
      if (count < 0n) this.take(this.length(path), path);
      for (let done = 0n; done < count; done += 1n) {
        const start = this.at;
        item();
        if (this.at === start) this.countEmpty(path);
      }
    }
  }

  countEmpty(path: string): void {
    this.#emptyItems += 1;
    if (this.#emptyItems > MAX_EMPTY_ITEMS) this.refuse(path, `more than ${MAX_EMPTY_ITEMS} empty items`);
  }

  refuse(path: string, message: string): never {
    throw new ZonerError('UNDECODABLE', path === '' ? message : `${path}: ${message}`);
  }
}
