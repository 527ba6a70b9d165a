import { isUtf8 } from 'node:buffer';
import type { AvroSchema } from '#avro/model.ts';
import { MAX_RECORD_DEPTH } from '#avro/value-check.ts';
import { ZonerError } from '#core/errors.ts';

/**
 * Items that take no bytes (null, empty records) are limited for a payload as a whole, since its length does not limit
 * them: four bytes announce a block of millions, and the next four another.
 */
const MAX_EMPTY_ITEMS = 65_536;
const INT_LOWEST = -(2n ** 31n);
const INT_HIGHEST = 2n ** 31n - 1n;

/**
 * Reads a payload by its writer schema without making values, and refuses whatever Avro does not allow: truncated and
 * trailing bytes, integers out of range, other booleans than 0 and 1, invalid UTF-8, indexes outside enum and union,
 * block counts that the bytes cannot hold. avsc takes several of these and returns wrong values.
 * @throws ZonerError UNDECODABLE with the field path; never a value
 */
export function scanPayload(schema: AvroSchema, payload: Uint8Array): void {
  const scan = new Scan(payload);
  scan.value(schema, '', 0);
  scan.end();
}

class Scan {
  readonly #bytes: Uint8Array;
  #at = 0;
  #emptyItems = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) this.#refuse('', `${left} bytes follow the value`);
  }

  value(schema: AvroSchema, path: string, depth: number): void {
    switch (schema.type) {
      case 'null':
        return;
      case 'boolean':
        if ((this.#bytes[this.#take(1, path)] ?? 0) > 1) this.#refuse(path, 'a boolean is neither 0 nor 1');
        return;
      case 'int':
        this.#integer(path, INT_LOWEST, INT_HIGHEST);
        return;
      case 'long':
        this.#varint(path);
        return;
      case 'float':
        this.#take(4, path);
        return;
      case 'double':
        this.#take(8, path);
        return;
      case 'bytes':
        this.#take(this.#length(path), path);
        return;
      case 'string':
        this.#string(path);
        return;
      case 'fixed':
        this.#take(schema.size, path);
        return;
      case 'enum':
        this.#integer(path, 0n, BigInt(schema.symbols.length) - 1n);
        return;
      case 'union': {
        const index = Number(this.#integer(path, 0n, BigInt(schema.branches.length) - 1n));
        const branch = schema.branches[index];
        if (branch !== undefined) this.value(branch, path, depth);
        return;
      }
      case 'array':
        this.#blocks(path, () => this.value(schema.items, `${path}[]`, depth));
        return;
      case 'map':
        this.#blocks(path, () => {
          this.#key(path);
          this.value(schema.values, `${path}{}`, depth);
        });
        return;
      default:
        // Named by the record, because the path has as many parts as the value has levels.
        if (depth >= MAX_RECORD_DEPTH)
          this.#refuse(schema.name, `nested deeper than ${MAX_RECORD_DEPTH} records`);
        for (const field of schema.fields)
          this.value(field.schema, path ? `${path}.${field.name}` : field.name, depth + 1);
    }
  }

  #string(path: string): Uint8Array {
    const length = this.#length(path);
    const start = this.#take(length, path);
    const bytes = this.#bytes.subarray(start, start + length);
    if (!isUtf8(bytes)) this.#refuse(path, 'a string is not valid UTF-8');
    return bytes;
  }

  /** avsc makes plain objects of maps, which lose this one key. */
  #key(path: string): void {
    if (Buffer.from(this.#string(path)).toString() === '__proto__')
      this.#refuse(path, 'a map key is __proto__');
  }

  /** Blocks of items until one of none; a negative count is followed by the block's size in bytes. */
  #blocks(path: string, item: () => void): void {
    for (;;) {
      let count = this.#varint(path);
      if (count === 0n) return;
      let end: number | null = null;
      if (count < 0n) {
        count = -count;
        const size = this.#length(path);
        end = this.#at + size;
        if (end > this.#bytes.length) this.#refuse(path, 'the bytes end early');
      }
      this.#items(count, path, item);
      if (end !== null && end !== this.#at) this.#refuse(path, 'a block is not as long as it says');
    }
  }

  #items(count: bigint, path: string, item: () => void): void {
    for (let done = 0n; done < count; done += 1n) {
      const start = this.#at;
      item();
      if (this.#at > start) continue;
      this.#emptyItems += 1;
      if (this.#emptyItems > MAX_EMPTY_ITEMS) this.#refuse(path, `more than ${MAX_EMPTY_ITEMS} empty items`);
    }
  }

  #length(path: string): number {
    const length = this.#varint(path);
    if (length < 0n) this.#refuse(path, 'a length is negative');
    if (length > BigInt(this.#bytes.length - this.#at)) this.#refuse(path, 'the bytes end early');
    return Number(length);
  }

  #integer(path: string, lowest: bigint, highest: bigint): bigint {
    const value = this.#varint(path);
    if (value < lowest || value > highest)
      this.#refuse(path, `a number is not between ${lowest} and ${highest}`);
    return value;
  }

  /** Zig-zag, seven bits a byte, at most ten bytes and 64 bits. */
  #varint(path: string): bigint {
    let raw = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#take(1, path)] ?? 0;
      raw |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (raw >= 1n << 64n) break;
        return (raw >> 1n) ^ -(raw & 1n);
      }
    }
    return this.#refuse(path, 'a number takes more than 64 bits');
  }

  /** Passes over so many bytes and gives the place where they begin. */
  #take(count: number, path: string): number {
    const start = this.#at;
    if (start + count > this.#bytes.length) this.#refuse(path, 'the bytes end early');
    this.#at += count;
    return start;
  }

  #refuse(path: string, message: string): never {
    throw new ZonerError('UNDECODABLE', path === '' ? message : `${path}: ${message}`);
  }
}
