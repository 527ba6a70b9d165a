import type { Sleep } from '#recommendations/sleep.ts';

/** What to do, when on the local clock, and why. */
export interface Recommendation {
  /** `07:30` to `09:00`, local. */
  readonly from: string;
  readonly until: string;
  readonly what: string;
  readonly why: string;
}

export interface Advice {
  readonly nights: number;
  /** How far the advice can be trusted: it says so itself instead of inventing what it does not know. */
  readonly confidence: 'none' | 'low' | 'fair' | 'good';
  readonly timeZone: string | null;
  /** Local hours; null where too few nights are known. */
  readonly lastMidpoint: number | null;
  readonly habitualMidpoint: number | null;
  /** Hours by which the last night was later (positive) or earlier than usual, from -12 to 12. */
  readonly shift: number | null;
  readonly recommendations: readonly Recommendation[];
}

/** Nights before the last that a habit needs. */
const NIGHTS_FOR_A_HABIT = 3;
const NIGHTS_FOR_GOOD = 10;
/** A smaller shift is what nights are like. */
const SHIFT_THAT_COUNTS = 0.75;
/** Of a plain night, for windows around the midpoint. */
const HALF_NIGHT_HOURS = 4;
/** Caffeine six hours before bed still costs an hour of sleep (Drake et al., J Clin Sleep Med 2013; 9(11): 1195-1200). */
const HOURS_WITHOUT_CAFFEINE = 8;
/** Light in the evening delays the clock, light after waking advances it (Khalsa et al., J Physiol 2003; 549: 945-952). */
const HOURS_OF_DIM_LIGHT = 2;
const HOURS_OF_MORNING_LIGHT = 1.5;

/** Advice from the middle of the last sleep and how far it is from the habitual one. Pure; not medicine. */
export function advise(sleeps: readonly Sleep[]): Advice {
  const last = sleeps.at(-1);
  const before = sleeps.slice(0, -1);
  const nights = sleeps.length;
  if (last === undefined) {
    return {
      nights,
      confidence: 'none',
      timeZone: null,
      lastMidpoint: null,
      habitualMidpoint: null,
      shift: null,
      recommendations: [],
    };
  }
  const habitual =
    before.length < NIGHTS_FOR_A_HABIT ? null : circularMean(before.map((sleep) => sleep.localMidpoint));
  const shift = habitual === null ? null : wrap(last.localMidpoint - habitual);
  return {
    nights,
    confidence: habitual === null ? 'low' : nights < NIGHTS_FOR_GOOD ? 'fair' : 'good',
    timeZone: last.timeZone,
    lastMidpoint: last.localMidpoint,
    habitualMidpoint: habitual,
    shift,
    recommendations: habitual === null || shift === null ? [] : recommend(habitual, shift),
  };
}

function recommend(habitual: number, shift: number): readonly Recommendation[] {
  const wake = habitual + HALF_NIGHT_HOURS;
  const bed = habitual - HALF_NIGHT_HOURS;
  const slot = (from: number, until: number, what: string, why: string): Recommendation => {
    return { from: clock(from), until: clock(until), what, why };
  };
  const isLate = shift > SHIFT_THAT_COUNTS;
  const isEarly = shift < -SHIFT_THAT_COUNTS;
  const difference = `Your last night was ${Math.abs(shift).toFixed(1)} h ${shift > 0 ? 'later' : 'earlier'} than usual.`;
  const morning = isLate
    ? slot(
        wake,
        wake + HOURS_OF_MORNING_LIGHT,
        'Get bright light, outdoors if you can',
        `${difference} Light after waking moves your clock earlier.`,
      )
    : slot(wake, wake + 0.5, 'Get daylight', 'Light after waking keeps your clock where it is.');
  const evening = isEarly
    ? slot(
        bed - HOURS_OF_DIM_LIGHT,
        bed - 0.5,
        'Keep the lights on',
        `${difference} Light in the evening moves your clock later.`,
      )
    : slot(
        bed - HOURS_OF_DIM_LIGHT,
        bed,
        'Dim the lights',
        'Bright light before bed moves your clock later.',
      );
  return [
    morning,
    slot(bed - HOURS_WITHOUT_CAFFEINE, bed, 'No caffeine', 'Caffeine is still at work when you go to bed.'),
    slot(bed - 3, bed, 'No large meal', 'A late meal tells the clocks of liver and gut that it is day.'),
    evening,
    slot(bed, wake, 'Sleep', 'Your usual night: regular times are what keeps a clock steady.'),
  ];
}

/** The mean of hours on a 24-hour clock (mean direction: Mardia & Jupp, Directional Statistics, 2000, §2.2). */
export function circularMean(hours: readonly number[]): number {
  const angles = hours.map((hour) => (hour / 24) * 2 * Math.PI);
  const sine = angles.reduce((sum, angle) => sum + Math.sin(angle), 0);
  const cosine = angles.reduce((sum, angle) => sum + Math.cos(angle), 0);
  return ((Math.atan2(sine, cosine) / (2 * Math.PI)) * 24 + 24) % 24;
}

/** The same difference of hours, from -12 to below 12. */
function wrap(hours: number): number {
  return ((((hours + 12) % 24) + 24) % 24) - 12;
}

/** `7.5` -> `07:30`, to the next five minutes. */
export function clock(hours: number): string {
  const minutes = (((Math.round(hours * 12) * 5) % 1440) + 1440) % 1440;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
