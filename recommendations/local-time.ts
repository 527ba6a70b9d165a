import { Temporal } from 'temporal-polyfill';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

/** The instant of a local hour of a date; where the clock jumps over it, the moment after the jump. */
export function instantOf(date: Temporal.PlainDate, hour: number, timeZone: string): number {
  const local = date.toPlainDateTime().add({ milliseconds: Math.round(hour * 60) * MINUTE_MS });
  return local.toZonedDateTime(timeZone).epochMilliseconds;
}

export function dateOf(instant: number, timeZone: string): Temporal.PlainDate {
  return zoned(instant, timeZone).toPlainDate();
}

/** Hours on the local clock, from 0 to below 24. */
export function localHour(instant: number, timeZone: string): number {
  const { hour, minute, second } = zoned(instant, timeZone);
  return hour + minute / 60 + second / 3600;
}

/** Hours by which the zone is ahead of UTC at an instant. */
export function offsetHours(instant: number, timeZone: string): number {
  return zoned(instant, timeZone).offsetNanoseconds / 3.6e12;
}

/** The next instant at which the zone's clock jumps, and by how many hours; null if none is before `until`. */
export function nextJump(
  from: number,
  until: number,
  timeZone: string,
): { readonly at: number; readonly hours: number } | null {
  const next = zoned(from, timeZone).getTimeZoneTransition('next')?.epochMilliseconds;
  if (next === undefined || next > until) return null;
  const hours = offsetHours(next, timeZone) - offsetHours(next - 1, timeZone);
  return hours === 0 ? null : { at: next, hours };
}

export function isTimeZone(name: string): boolean {
  try {
    zoned(0, name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** `2026-03-02 07:30` */
export function localText(instant: number, timeZone: string): string {
  return zoned(instant, timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ');
}

function zoned(instant: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(instant)).toZonedDateTimeISO(timeZone);
}

/** The same difference of hours, from -12 to below 12. */
export function wrapHours(hours: number): number {
  return ((((hours + 12) % 24) + 24) % 24) - 12;
}

/** `7.5` -> `07:30`, to the next five minutes. */
export function clock(hours: number): string {
  const minutes = (((Math.round(hours * 12) * 5) % 1440) + 1440) % 1440;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
