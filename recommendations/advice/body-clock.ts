import { exposureOf, habitualNights } from '#recommendations/advice/exposure.ts';
import { entrain, type Habit, stateAt } from '#recommendations/circadian/habit.ts';
import type { LightSpan } from '#recommendations/circadian/light.ts';
import {
  HOURS_FROM_DLMO_TO_CBT_MIN,
  MEAN_PERIOD,
  type Pacemaker,
} from '#recommendations/circadian/pacemaker.ts';
import { simulate } from '#recommendations/circadian/simulate.ts';
import { HOUR_MS, localHour, wrapHours } from '#recommendations/local-time.ts';
import type { History } from '#recommendations/person/history.ts';

/** A person's clock as the model sees it at an instant. */
export interface BodyClock {
  readonly period: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly state: Pacemaker;
}

export interface Phase {
  /** Instants, milliseconds since 1970, of the next night's melatonin onset and temperature minimum. */
  readonly dlmo: number;
  readonly cbtMin: number;
  /** Hours by which the minimum is later (positive) than that of a person settled to this habit. */
  readonly late: number;
}

const STEP = 0.25;

/** The state at `now`, from a settled one through everything that is known since. */
export function clockAt(
  history: History,
  habit: Habit,
  timeZone: string,
  now: number,
  period: number = MEAN_PERIOD,
): BodyClock {
  const { from, localHour: hour, spans } = exposureOf(history, habit, timeZone, now);
  const initial = stateAt(entrain(habit, period), habit, hour, period);
  const { final } = simulate(spans, { from, to: now / HOUR_MS, initial, period, step: STEP });
  return { period, at: now, state: final };
}

/** The same clock later, living by the habit. */
export function liveOn(clock: BodyClock, habit: Habit, timeZone: string, until: number): BodyClock {
  const spans = habitualSpans(habit, timeZone, clock.at, until);
  const options = { from: clock.at / HOUR_MS, to: until / HOUR_MS, initial: clock.state, step: STEP };
  return { ...clock, at: until, state: simulate(spans, { ...options, period: clock.period }).final };
}

export function habitualSpans(habit: Habit, timeZone: string, from: number, until: number): LightSpan[] {
  const day = { from: from / HOUR_MS, to: until / HOUR_MS, lux: habit.lux };
  return [day, ...habitualNights(habit, timeZone, from, until)];
}

/** When the coming night is for the body, if the person lives by the habit. */
export function phaseOf(clock: BodyClock, habit: Habit, timeZone: string): Phase {
  const { at, state, period } = clock;
  const until = at + 40 * HOUR_MS;
  const { cbtMins } = simulate(habitualSpans(habit, timeZone, at, until), {
    from: at / HOUR_MS,
    to: until / HOUR_MS,
    initial: state,
    period,
    step: STEP,
  });
  const cbtMin = (cbtMins[0] ?? at / HOUR_MS) * HOUR_MS;
  const late = wrapHours(localHour(cbtMin, timeZone) - entrain(habit, period).cbtMin);
  return { cbtMin, dlmo: cbtMin - HOURS_FROM_DLMO_TO_CBT_MIN * HOUR_MS, late };
}
