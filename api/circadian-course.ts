import { exposureOf } from '#recommendations/advice/exposure.ts';
import { readNights } from '#recommendations/advice/nights.ts';
import { entrain, stateAt } from '#recommendations/circadian/habit.ts';
import { HOURS_FROM_DLMO_TO_CBT_MIN, MEAN_PERIOD } from '#recommendations/circadian/pacemaker.ts';
import { simulate } from '#recommendations/circadian/simulate.ts';
import { HOUR_MS, isTimeZone } from '#recommendations/local-time.ts';
import type { History } from '#recommendations/person/history.ts';

/** The last two weeks of a person's clock, as the model sees it. Instants in milliseconds since 1970. */
export interface Course {
  readonly timeZone: string | null;
  /** Each night's minimum of core body temperature, and the onset of melatonin seven hours before; none without a habit. */
  readonly nights: readonly { readonly cbtMin: number; readonly dlmo: number }[];
}

const STEP = 0.25;

/** Simulates a person's clock through what is known of their sleep and light, up to `now`. Pure. */
export function readCourse(history: History, now: number): Course {
  const timeZone = history.whereabouts?.timeZone ?? null;
  const { habit } = readNights(history);
  if (habit === null || timeZone === null || !isTimeZone(timeZone)) return { timeZone, nights: [] };
  const { from, localHour, spans } = exposureOf(history, habit, timeZone, now);
  const initial = stateAt(entrain(habit), habit, localHour, MEAN_PERIOD);
  const { cbtMins } = simulate(spans, { from, to: now / HOUR_MS, initial, step: STEP });
  const nights = cbtMins.map((hour) => ({
    cbtMin: hour * HOUR_MS,
    dlmo: (hour - HOURS_FROM_DLMO_TO_CBT_MIN) * HOUR_MS,
  }));
  return { timeZone, nights };
}

export function circadianToJson(
  userId: string,
  { timeZone, nights }: Course,
): Readonly<Record<string, unknown>> {
  const iso = (instant: number): string => new Date(instant).toISOString();
  return {
    userId,
    timeZone,
    nights: nights.map(({ cbtMin, dlmo }) => ({ dlmo: iso(dlmo), cbtMin: iso(cbtMin) })),
  };
}
