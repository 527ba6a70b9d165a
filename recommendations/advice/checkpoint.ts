import type { BodyClock } from '#recommendations/advice/body-clock.ts';
import type { Level } from '#recommendations/jet-lag/course.ts';
import type { LightWindow, TripPlan } from '#recommendations/jet-lag/trip-plan.ts';

/** The parts of a plan that took the search. */
export type KeptPlan = Pick<TripPlan, 'days' | 'settles' | 'direction' | 'lightWindows'>;

/** What was computed from one version of a history, so that the next read continues instead of beginning again. */
export interface Checkpoint {
  readonly clock: BodyClock;
  readonly plan: { readonly key: string; readonly kept: KeptPlan } | null;
}

/** Under 1 KB of text: numbers with what they need of digits. */
export function packCheckpoint({ clock, plan }: Checkpoint): string {
  const { at, period, state } = clock;
  const numbers = [at, period, ...[state.x, state.xc, state.n].map((value) => round(value, 9))];
  if (plan === null) return JSON.stringify([numbers]);
  const { days, settles, direction, lightWindows } = plan.kept;
  const zones = [...new Set(lightWindows.map(({ timeZone }) => timeZone))];
  const windows = lightWindows.map(({ from, to, timeZone, level, effect, cbtMin }) => [
    Math.round(from * 60),
    Math.round((to - from) * 60),
    zones.indexOf(timeZone),
    level,
    round(effect, 3),
    Math.round((cbtMin - from) * 60),
  ]);
  return JSON.stringify([numbers, plan.key, days, settles, direction, zones, windows]);
}

/** Null for a text that another version of this program may have left. */
export function unpackCheckpoint(text: string): Checkpoint | null {
  try {
    const [numbers, key, days, settles, direction, zones, windows] = JSON.parse(text) as [
      [number, number, number, number, number],
      string | undefined,
      number,
      boolean,
      'earlier' | 'later',
      string[],
      number[][],
    ];
    const [at, period, x, xc, n] = numbers;
    const clock = { at, period, state: { x, xc, n } };
    if (key === undefined) return { clock, plan: null };
    const lightWindows = windows.map((each) => unpackWindow(each, zones));
    return { clock, plan: { key, kept: { days, settles, direction, lightWindows } } };
  } catch {
    return null;
  }
}

function unpackWindow(packed: readonly number[], zones: readonly string[]): LightWindow {
  const [start = 0, minutes = 0, zone = 0, level = 0, effect = 0, toCbtMin = 0] = packed;
  const from = start / 60;
  return {
    from,
    to: from + minutes / 60,
    timeZone: zones[zone] ?? 'UTC',
    level: level as Exclude<Level, 1>,
    effect,
    cbtMin: from + toCbtMin / 60,
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
