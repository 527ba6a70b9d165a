import { mealWindows, nightWindows } from '#recommendations/advice/day-windows.ts';
import { directionText, lengthText, type Window } from '#recommendations/advice/window.ts';
import type { Habit } from '#recommendations/circadian/habit.ts';
import { SEEK } from '#recommendations/jet-lag/course.ts';
import type { Move, Stretch } from '#recommendations/jet-lag/itinerary.ts';
import type { LightWindow } from '#recommendations/jet-lag/trip-plan.ts';
import { clock, HOUR_MS, localHour, wrapHours } from '#recommendations/local-time.ts';

/** Between these local hours there is daylight outdoors nearly everywhere and always; otherwise a lamp has to do. */
const DAYLIGHT_FROM = 8;
const DAYLIGHT_UNTIL = 17;
const EFFECT_WORTH_A_FIGURE_HOURS = 1 / 12;

/** The windows of a journey: light as planned, sleep and naps as in its itinerary, meals and caffeine around them. */
export function awayWindows(
  light: readonly LightWindow[],
  stretches: readonly Stretch[],
  move: Move,
  habit: Habit,
  options: { readonly drinksCaffeine: boolean },
): readonly Window[] {
  const windows: Window[] = light.map(windowOf);
  for (const { activity, from, to, timeZone } of stretches) {
    const bed = from * HOUR_MS;
    const wake = to * HOUR_MS;
    if (activity === 'nap') {
      const reason = 'A short nap after a short night; a longer one would take from the night to come.';
      windows.push({ kind: 'nap', from: bed, until: wake, timeZone, reason });
    }
    if (activity !== 'sleep') continue;
    const isOnBoard = bed >= move.departsAt && wake <= move.arrivesAt && move.arrivesAt > move.departsAt;
    if (isOnBoard) {
      const reason = 'Sleep on board, with a mask: it is night where you are going, or where you come from.';
      windows.push({ kind: 'sleep', from: bed, until: wake, timeZone, reason });
      continue;
    }
    windows.push(...nightWindows({ bed, wake, timeZone }, options));
    if (bed >= move.arrivesAt) windows.push(...mealWindows({ bed, wake, timeZone }, habit));
  }
  return windows
    .filter(({ kind, from }) => kind !== 'eat' || from >= move.arrivesAt)
    .sort((a, b) => a.from - b.from || a.until - b.until);
}

function windowOf({ from, to, timeZone, level, effect, cbtMin }: LightWindow): Window {
  const start = from * HOUR_MS;
  const until = to * HOUR_MS;
  const coldest = clock(localHour(cbtMin * HOUR_MS, timeZone));
  // The nearest of the minima each day: the list may begin after one that was nearer.
  const side = wrapHours((from + to) / 2 - cbtMin) < 0 ? 'before' : 'after';
  const figure =
    Math.abs(effect) < EFFECT_WORTH_A_FIGURE_HOURS
      ? 'it keeps your clock on its way'
      : `it moves your clock about ${lengthText(effect)} ${directionText(effect)}`;
  if (level === SEEK) {
    const reason = `${placeFor([start, until - 1], timeZone)}: ${side} your body's coldest hour, about ${coldest}, ${figure}.`;
    return { kind: 'seek-light', from: start, until, timeZone, reason };
  }
  const reason = `Stay indoors, dim, or wear dark glasses: light ${side} your body's coldest hour, about ${coldest}, would pull the other way; ${figure}.`;
  return { kind: 'avoid-light', from: start, until, timeZone, reason };
}

/** Where bright light is to be had from the first of these moments to the last. */
function placeFor(moments: readonly number[], timeZone: string): string {
  const inDaylight = moments.filter((moment) => {
    const hour = localHour(moment, timeZone);
    return hour >= DAYLIGHT_FROM && hour <= DAYLIGHT_UNTIL;
  });
  if (inDaylight.length === 0) return 'In front of a light box';
  if (inDaylight.length === moments.length) return 'Outdoors';
  return 'Outdoors while there is daylight, and in front of a light box otherwise';
}
