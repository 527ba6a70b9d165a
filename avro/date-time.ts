/** ISO 8601 text of Avro's dates and times. Arguments count from 1970-01-01T00:00:00. */

const DAY_MS = 86_400_000;
/** The instants that a Date can hold, in milliseconds (ECMAScript: 100 000 000 days either side). */
export const MAX_DATE_MS = 8_640_000_000_000_000n;

/** How many units of each precision a second has, and the digits that it prints. */
export const UNITS = {
  millis: { perSecond: 1_000n, digits: 3 },
  micros: { perSecond: 1_000_000n, digits: 6 },
  nanos: { perSecond: 1_000_000_000n, digits: 9 },
} as const;
export type Unit = keyof typeof UNITS;

/** `2026-03-02T07:30:00.123` with the digits of the unit, without a zone; null outside what a Date can hold. */
export function isoDateTime(count: bigint, unit: Unit): string | null {
  const { perSecond, digits } = UNITS[unit];
  const seconds = floorDivide(count, perSecond);
  const milliseconds = seconds * 1000n;
  if (milliseconds < -MAX_DATE_MS || milliseconds > MAX_DATE_MS) return null;
  const fraction = String(count - seconds * perSecond).padStart(digits, '0');
  return `${new Date(Number(milliseconds)).toISOString().slice(0, -5)}.${fraction}`;
}

/** The counts of a unit that are longs and have a text: those within a second that a Date can hold. */
export function timeRange(unit: Unit): { readonly lowest: bigint; readonly highest: bigint } {
  const { perSecond } = UNITS[unit];
  const most = (MAX_DATE_MS / 1000n) * perSecond;
  const last = most + perSecond - 1n;
  const longest = 2n ** 63n;
  return { lowest: most < longest ? -most : -longest, highest: last < longest ? last : longest - 1n };
}

/** The inverse of `isoDateTime`; null if the text is none. */
export function parseIsoDateTime(text: string, unit: Unit): bigint | null {
  const { perSecond, digits } = UNITS[unit];
  const match = /^([+-]\d{6}|\d{4})(-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d+)$/.exec(text);
  if (match === null || match[3]?.length !== digits) return null;
  const whole = `${match[1]}${match[2]}.000Z`;
  const milliseconds = Date.parse(whole);
  // A date such as 30 February would be moved, so it has to come back as it was.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== whole) return null;
  return (BigInt(milliseconds) / 1000n) * perSecond + BigInt(match[3]);
}

/** `2026-03-02` of a count of days; null outside what a Date can hold. */
export function isoDate(days: number): string | null {
  const date = new Date(days * DAY_MS);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().slice(0, -14);
}

/** The inverse of `isoDate`; null if the text is no date. */
export function parseIsoDate(text: string): number | null {
  const count = parseIsoDateTime(`${text}T00:00:00.000`, 'millis');
  return count === null ? null : Number(count / BigInt(DAY_MS));
}

/** `07:30:00.123` of a count since midnight. */
export function isoTime(count: bigint, unit: 'millis' | 'micros'): string | null {
  const { perSecond } = UNITS[unit];
  return count >= 0n && count < 86_400n * perSecond ? (isoDateTime(count, unit)?.slice(11) ?? null) : null;
}

/** The inverse of `isoTime`; null if the text is no time of day. */
export function parseIsoTime(text: string, unit: 'millis' | 'micros'): bigint | null {
  return parseIsoDateTime(`1970-01-01T${text}`, unit);
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
