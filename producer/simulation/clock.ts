import { Temporal } from 'temporal-polyfill';
import type { LocalTimestampMillis } from '#generated/logical-types.ts';

/** An instant and what the clock of its zone shows then, as the schemas hold them. */
export interface Moment {
  readonly instant: Date;
  readonly local: LocalTimestampMillis;
}

const HOUR_MS = 3_600_000;

/** The moment at an hour of a local day; hours below 0 and above 24 are on the days around it. */
export function momentAt(date: Temporal.PlainDate, hour: number, timeZone: string): Moment {
  const local = date.toPlainDateTime().add({ milliseconds: Math.round(hour * 60) * 60_000 });
  return momentOf(local.toZonedDateTime(timeZone));
}

/** The same instant as some hours later, with the clock of a zone. */
export function momentAfter({ instant }: Moment, hours: number, timeZone: string): Moment {
  const milliseconds = instant.getTime() + Math.round(hours * HOUR_MS);
  return momentOf(Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(timeZone));
}

function momentOf(zoned: Temporal.ZonedDateTime): Moment {
  const local = zoned.toPlainDateTime().toZonedDateTime('UTC').epochMilliseconds;
  return { instant: new Date(zoned.epochMilliseconds), local: BigInt(local) as LocalTimestampMillis };
}
