import type { IHeaders } from 'kafkajs';
import type { Headers } from '#producer/ports.ts';

const NONE: Headers = [];

/**
 * The headers of a consumed record. kafkajs collects them in a plain object, so a header that is called `__proto__` or
 * `constructor` arrives as an array whose first element is what the object inherits: only bytes and nulls are the
 * record's own.
 */
export function headersOf(headers: IHeaders | undefined): Headers {
  if (headers === undefined) return NONE;
  const names = Object.keys(headers);
  if (names.length === 0) return NONE;
  return names.flatMap((name) => {
    const found: unknown = headers[name];
    const values: readonly unknown[] = Array.isArray(found) ? found : [found];
    return values
      .filter((value): value is Buffer | null => value === null || Buffer.isBuffer(value))
      .map((value) => [name, value] as const);
  });
}

const EMPTY = Buffer.alloc(0);

/**
 * Headers as kafkajs takes them. It groups equal names and cannot send a null value: one goes out as no bytes. The object
 * has no prototype, or a header that is called `__proto__` would be lost.
 */
export function toKafkajsHeaders(headers: Headers): IHeaders {
  const result = Object.create(null) as Record<string, Buffer[]>;
  for (const [name, value] of headers) {
    const bytes = value === null ? EMPTY : asBuffer(value);
    const already = result[name];
    if (already === undefined) result[name] = [bytes];
    else already.push(bytes);
  }
  return result;
}

/** The same memory as a Buffer, which is all that kafkajs can send. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
