import { isUtf8 } from 'node:buffer';
import type { PrimitiveName } from '#avro/model.ts';
import { ZonerError } from '#core/errors.ts';

/**
 * A base value as another base type has it (Avro 1.12, "Schema Resolution"): exact, except that a float or a double
 * rounds to its nearest number.
 * @throws ZonerError UNDECODABLE for bytes that are read as a string and are no UTF-8
 */
export function promote(
  value: unknown,
  from: PrimitiveName | 'fixed',
  to: PrimitiveName | 'fixed',
  path: string,
): unknown {
  if (from === to || from === 'float') return value;
  if (to === 'long') return BigInt(value as number);
  if (to === 'double') return Number(value);
  if (to === 'float') return from === 'int' ? Math.fround(value as number) : longToFloat(value as bigint);
  if (to === 'bytes') return Buffer.from(value as string);
  return textOf(value as Buffer, path);
}

function textOf(bytes: Buffer, path: string): string {
  if (isUtf8(bytes)) return bytes.toString();
  const message = 'bytes that are read as a string are not valid UTF-8';
  throw new ZonerError('UNDECODABLE', path === '' ? message : `${path}: ${message}`);
}

/** Rounds once: by way of a double a long would be rounded twice, which can end one float away. */
export function longToFloat(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  if (magnitude < 2n ** 53n) return Math.fround(Number(value));
  // Eleven bits fewer fit a double exactly; the lowest says whether anything was cut off ("round to odd").
  const cut = magnitude >> 11n;
  const odd = (magnitude & 2047n) === 0n ? cut : cut | 1n;
  const rounded = Math.fround(Number(odd)) * 2048;
  return value < 0n ? -rounded : rounded;
}
