import { mainSleeps } from '#recommendations/advice/nights.ts';
import type { Habit } from '#recommendations/circadian/habit.ts';
import type { LightSpan } from '#recommendations/circadian/light.ts';
import { dateOf, HOUR_MS, instantOf, localHour, MINUTE_MS } from '#recommendations/local-time.ts';
import { ACTIVITY_HORIZON_DAYS, type History } from '#recommendations/person/history.ts';
import { luxOf, type Segment } from '#recommendations/person/segment.ts';

/** What a person's eyes met, on an axis of hours since 1970. */
export interface Exposure {
  readonly from: number;
  /** What the person's clock showed at `from`, in hours: wherever they were then. */
  readonly localHour: number;
  readonly spans: readonly LightSpan[];
}

/**
 * From records to light, in this order of trust: asleep is dark; measured light is as measured; what is left of a waking
 * day is the habit's stated light indoors; and a night of which no sleep is known is slept as usual.
 * It depends on what is known, not on how that came to be known.
 */
export function exposureOf(history: History, habit: Habit, timeZone: string, until: number): Exposure {
  const nights = mainSleeps(history);
  const horizon = until - ACTIVITY_HORIZON_DAYS * 24 * HOUR_MS;
  const first = nights.find(({ end }) => end * MINUTE_MS > horizon);
  const from = first === undefined ? until - 24 * HOUR_MS : (first.end - first.minutes) * MINUTE_MS;
  const hour =
    first === undefined
      ? localHour(from, timeZone)
      : ((((first.end - first.minutes + first.offset) / 60) % 24) + 24) % 24;
  const known = nights.map(spanOf);
  const guessed = habitualNights(habit, timeZone, from, until).filter(
    (guess) => !known.some((night) => Math.abs(middle(night) - middle(guess)) < HOURS_BETWEEN_NIGHTS),
  );
  const measured = history.light.map((each) => ({ ...spanOf(each), lux: luxOf(each.value) }));
  const asleep = history.sleep.map(spanOf);
  const day = { from: from / HOUR_MS, to: until / HOUR_MS, lux: habit.lux };
  return { from: from / HOUR_MS, localHour: hour, spans: [day, ...guessed, ...measured, ...asleep] };
}

/** A night is missing where none is known so near: less than a day, since a traveller's nights move. */
const HOURS_BETWEEN_NIGHTS = 14;

const middle = ({ from, to }: LightSpan): number => (from + to) / 2;

const spanOf = ({ end, minutes }: Segment): LightSpan => {
  return { from: (end - minutes) / 60, to: end / 60, lux: 0 };
};

/** The nights of a habit between two instants, dark, in hours since 1970. */
export function habitualNights(
  { wake, sleepHours }: Habit,
  timeZone: string,
  from: number,
  until: number,
): readonly LightSpan[] {
  const nights: LightSpan[] = [];
  let date = dateOf(from, timeZone).subtract({ days: 1 });
  for (;;) {
    const to = instantOf(date, wake, timeZone) / HOUR_MS;
    const start = instantOf(date, wake - sleepHours, timeZone) / HOUR_MS;
    if (start * HOUR_MS > until) return nights;
    if (to * HOUR_MS > from) nights.push({ from: start, to, lux: 0 });
    date = date.add({ days: 1 });
  }
}
