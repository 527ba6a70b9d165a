import { lengthText, type Window } from '#recommendations/advice/window.ts';
import type { Habit } from '#recommendations/circadian/habit.ts';
import { HOUR_MS } from '#recommendations/local-time.ts';

/** A night's sleep that windows are placed around. Milliseconds since 1970. */
export interface Night {
  readonly bed: number;
  readonly wake: number;
  readonly timeZone: string;
}

/** Caffeine six hours before bed still costs an hour of sleep (Drake et al., J Clin Sleep Med 2013; 9: 1195-1200). */
const HOURS_WITHOUT_CAFFEINE = 8;
/** A meal late in the evening tells the clocks of liver and gut that it is day (Wehrens et al., Curr Biol 2017; 27: 1768-1775). */
const HOURS_WITHOUT_MEALS = 3;
const HOURS_TO_BREAKFAST = 1;
const MEAL_HOURS = 1;

/** Sleep, and the last caffeine before it. */
export function nightWindows(
  { bed, wake, timeZone }: Night,
  { drinksCaffeine }: { drinksCaffeine: boolean },
): Window[] {
  const windows: Window[] = [
    {
      kind: 'sleep',
      from: bed,
      until: wake,
      timeZone,
      reason: `${lengthText((wake - bed) / HOUR_MS)} in the dark; regular nights are what keeps a clock steady.`,
    },
  ];
  if (drinksCaffeine) {
    windows.push({
      kind: 'no-caffeine',
      from: bed - HOURS_WITHOUT_CAFFEINE * HOUR_MS,
      until: bed,
      timeZone,
      reason: 'Caffeine is still at work hours later, when you want to sleep.',
    });
  }
  return windows;
}

/** Three meals of a waking day that ends with this night. */
export function mealWindows({ bed, timeZone }: Night, { sleepHours }: Habit): Window[] {
  const woke = bed - (24 - sleepHours) * HOUR_MS;
  const last = bed - (HOURS_WITHOUT_MEALS + MEAL_HOURS) * HOUR_MS;
  const breakfast = woke + HOURS_TO_BREAKFAST * HOUR_MS - HOUR_MS / 2;
  const meals: readonly (readonly [number, string])[] = [
    [breakfast, 'Breakfast by this clock tells the clocks of liver and gut that the day has begun.'],
    [(breakfast + last) / 2, 'Lunch halfway between the other meals.'],
    [
      last,
      `The last large meal ${HOURS_WITHOUT_MEALS} h before bed: a later one tells liver and gut that it is day.`,
    ],
  ];
  return meals.map(([from, reason]) => {
    return { kind: 'eat', from, until: from + MEAL_HOURS * HOUR_MS, timeZone, reason };
  });
}
