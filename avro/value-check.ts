import { ZonerError } from '#core/errors.ts';

/**
 * Records nested deeper than this in one value are refused, on encode as on decode: whatever recurses over them would
 * exhaust its stack. Only records can contain themselves, so only they are counted.
 */
export const MAX_RECORD_DEPTH = 256;

/** Refuses a value: names where it stands and what is needed there, never the value. */
export function refuseValue(path: string, needed: string): never {
  throw new ZonerError('VALUE_INVALID', `${path || 'the value'}: ${needed} is needed`);
}

/** `activity.stages[].minutes`: how fields are named in errors. */
export function fieldPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** RFC 9562 text of any version. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

export function isInt(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && (value | 0) === value;
}

export function isLong(value: unknown): value is bigint {
  return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
}

/** A plain object; not null, an array, a Date, a Map or bytes. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** True for a string that has a UTF-8 form: no half of a surrogate pair alone. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}
