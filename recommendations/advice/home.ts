import {
  type BodyClock,
  habitualSpans,
  liveOn,
  type Phase,
  phaseOf,
} from '#recommendations/advice/body-clock.ts';
import { mealWindows, nightWindows } from '#recommendations/advice/day-windows.ts';
import { habitualNights } from '#recommendations/advice/exposure.ts';
import { directionText, lengthText, type Window } from '#recommendations/advice/window.ts';
import type { Habit } from '#recommendations/circadian/habit.ts';
import { simulate } from '#recommendations/circadian/simulate.ts';
import { LEVEL_LUX, SEEK } from '#recommendations/jet-lag/course.ts';
import { clock, HOUR_MS, localHour } from '#recommendations/local-time.ts';

/** A smaller difference is what clocks are like. */
const PHASE_THAT_COUNTS_HOURS = 0.75;
const HOURS_OF_DUSK = 1;
const SEEK_HOURS = 2;
const MORNING_LIGHT_HOURS = 0.5;
/** Room light in the hours before bed delays melatonin (Gooley et al., J Clin Endocrinol Metab 2011; 96: E463-E472). */
const DIM_HOURS = 2;
const STEP = 0.25;

export interface HomeOptions {
  readonly drinksCaffeine: boolean;
}

/** Today's windows of a person who stays where they are: around the coming night, with light that the model chooses. */
export function homeWindows(
  body: BodyClock,
  habit: Habit,
  timeZone: string,
  options: HomeOptions,
): readonly Window[] {
  const coming = habitualNights(habit, timeZone, body.at, body.at + 36 * HOUR_MS).find(
    ({ from, to }) => to * HOUR_MS > body.at && from * HOUR_MS > body.at - 3 * HOUR_MS,
  );
  if (coming === undefined) return [];
  const night = { bed: coming.from * HOUR_MS, wake: coming.to * HOUR_MS, timeZone };
  const woke = night.bed - (24 - habit.sleepHours) * HOUR_MS;
  const phase = phaseOf(body, habit, timeZone);
  // An early clock needs its light late; even then the last hour before bed is for dim light.
  const light = lightWindow(
    body,
    habit,
    timeZone,
    { from: woke, until: night.bed - HOURS_OF_DUSK * HOUR_MS },
    phase,
  );
  const dim = night.bed - DIM_HOURS * HOUR_MS;
  const windows: readonly Window[] = [
    light,
    {
      kind: 'avoid-light',
      from: Math.max(dim, light.until),
      until: night.bed,
      timeZone,
      reason: `Bright light now holds back melatonin, which your body begins at about ${clock(localHour(phase.dlmo, timeZone))}.`,
    },
    ...mealWindows(night, habit),
    ...nightWindows(night, options),
  ];
  return windows.filter(({ until }) => until > body.at).sort((a, b) => a.from - b.from);
}

interface Waking {
  readonly from: number;
  readonly until: number;
}

/** Light after waking up for a clock that is where it should be; for another the two hours that move it most. */
function lightWindow(
  body: BodyClock,
  habit: Habit,
  timeZone: string,
  waking: Waking,
  { late }: Phase,
): Window {
  if (Math.abs(late) < PHASE_THAT_COUNTS_HOURS) {
    const until = waking.from + MORNING_LIGHT_HOURS * HOUR_MS;
    const reason = 'Daylight soon after waking up keeps your clock where it is.';
    return { kind: 'seek-light', from: waking.from, until, timeZone, reason };
  }
  const start = Math.max(body.at, waking.from);
  const best = bestLight(liveOn(body, habit, timeZone, start), habit, timeZone, waking.until, late);
  const reason =
    `Your clock is ${lengthText(late)} ${late > 0 ? 'late' : 'early'} for your habits; bright light at this time moves it ` +
    `about ${lengthText(best.effect)} ${directionText(best.effect)}.`;
  return { kind: 'seek-light', from: best.from, until: best.from + SEEK_HOURS * HOUR_MS, timeZone, reason };
}

/** The start of the bright light that moves the clock most in the direction that it has to go: tried, hour by hour. */
function bestLight(
  body: BodyClock,
  habit: Habit,
  timeZone: string,
  until: number,
  late: number,
): { readonly from: number; readonly effect: number } {
  const end = body.at + 48 * HOUR_MS;
  const options = {
    from: body.at / HOUR_MS,
    to: end / HOUR_MS,
    initial: body.state,
    period: body.period,
    step: STEP,
  };
  const usual = habitualSpans(habit, timeZone, body.at, end);
  const without = simulate(usual, options).cbtMins.at(-1) ?? 0;
  let best = { from: body.at, effect: 0 };
  for (let from = body.at; from + SEEK_HOURS * HOUR_MS <= until; from += HOUR_MS / 2) {
    const hour = from / HOUR_MS;
    const light = { from: hour, to: hour + SEEK_HOURS, lux: LEVEL_LUX[SEEK] };
    const effect = (simulate([...usual, light], options).cbtMins.at(-1) ?? 0) - without;
    if (Math.abs(effect) < 12 && -Math.sign(late) * effect > -Math.sign(late) * best.effect)
      best = { from, effect };
  }
  return best;
}
