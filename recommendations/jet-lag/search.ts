import type { Habit } from '#recommendations/circadian/habit.ts';
import {
  AVOID,
  type Block,
  Course,
  ORDINARY,
  SEEK,
  SETTLED_WITHIN_HOURS,
  type Traveller,
} from '#recommendations/jet-lag/course.ts';
import {
  descend,
  MOST_AVOID_HOURS_AT_HOME,
  MOST_SEEK_HOURS,
  type Weigh,
} from '#recommendations/jet-lag/descend.ts';

export interface Journey {
  /** The blocks of a journey that is guided until the bedtime before morning `days` at the destination. */
  readonly blocks: (days: number) => readonly Block[];
  readonly travellers: readonly Traveller[];
  /** The life at the destination. */
  readonly habit: Habit;
  /** Fewer days than this need not be tried. */
  readonly fewestDays: number;
  /** Axis hour of the body's temperature minimum about the day of arrival. */
  readonly cbtMin: number;
}

export interface Found {
  readonly course: Course;
  /** Morning at the destination on which guidance ends. */
  readonly days: number;
  /** Hours by which the worst traveller then misses the target. */
  readonly error: number;
  /** False if even the longest plan settles not everybody. */
  readonly settles: boolean;
}

/** No plan is guided for longer. */
const MOST_DAYS = 10;
/** Room for what the model does not know, of the hour within which a clock counts as settled. */
const MARGIN_HOURS = 0.06;
const JUDGED_MARGIN_HOURS = 0.02;
/** If the first seeds leave more than this, the others do not settle it either. */
const HOPELESS_HOURS = 1.8;

/** From here it is worth moving a plan about. */
const NEARLY_HOURS = 1.15;

/** Descents that are still allowed: a journey that no plan settles is not searched for ever. */
interface Effort {
  left: number;
}

const MOST_DESCENTS = 60;

/** While searching: come near the target, rather with fewer windows. */
const approach: Weigh = (error, { changes }) => error + 0.02 * changes;
/** Once settled: as few and as long windows as keep it settled, then a smaller error. */
const keepable: Weigh = (error, { changes, scraps, hours }) =>
  100 * Math.max(0, error - (SETTLED_WITHIN_HOURS - MARGIN_HOURS)) +
  0.1 * error +
  0.15 * changes +
  0.5 * scraps +
  0.03 * hours;

/**
 * The shortest plan that settles every traveller. Direction is not decided beforehand: searches begin with light that
 * advances, with light that delays, and with none, and the one that settles is taken.
 */
export function search(journey: Journey): Found {
  const effort: Effort = { left: MOST_DESCENTS };
  let best = searchDays(journey, journey.fewestDays, effort);
  for (let days = best.days + 1; days <= MOST_DAYS && !best.settles && effort.left > 0; days += 1) {
    const found = searchDays(journey, days, effort);
    if (found.error < best.error) best = found;
  }
  return best;
}

/** More than any day of light moves a clock. */
const MOST_HOURS_A_DAY = 3.3;

/** The fewest days in which a clock can move so far. */
export const fewestDaysFor = (hours: number): number => Math.max(1, Math.ceil(hours / MOST_HOURS_A_DAY));

function searchDays(journey: Journey, days: number, effort: Effort): Found {
  const blocks = journey.blocks(days);
  let best: Found | null = null;
  for (const [index, seed] of SEEDS.entries()) {
    const course = new Course(blocks, journey.travellers, journey.habit, days);
    plant(course, seed, journey.cbtMin);
    const found = settle(course, effort);
    if (best === null || found.error < best.error) best = found;
    if (best.settles || effort.left <= 0) return best;
    if (index >= 2 && best.error > HOPELESS_HOURS) return best;
  }
  return shake(best as Found, effort);
}

/** Descends, and once everybody is settled makes the plan one that a person can keep. */
function settle(course: Course, effort: Effort): Found {
  effort.left -= 1;
  const settled = SETTLED_WITHIN_HOURS - MARGIN_HOURS;
  descend(course, approach, () => course.worst() <= settled);
  if (course.worst() <= settled) descend(course, keepable, () => false);
  const error = course.judged();
  return { course, days: course.days, error, settles: error <= SETTLED_WITHIN_HOURS - JUDGED_MARGIN_HOURS };
}

/** Moves the light of one day after the other by some hours and descends again from there, as long as that helps. */
function shake(start: Found, effort: Effort): Found {
  let best = start;
  for (let helped = true; helped && best.error < NEARLY_HOURS; ) {
    helped = false;
    for (const day of new Set(best.course.blocks.map((block) => block.day))) {
      for (const hours of [-3, -1, 1, 3]) {
        const found = settle(moved(best.course, day, hours), effort);
        if (found.settles || effort.left <= 0) return found.error < best.error ? found : best;
        if (found.error > best.error - 0.02) continue;
        best = found;
        helped = true;
      }
    }
  }
  return best;
}

function moved(course: Course, day: number, blocksLater: number): Course {
  const copy = course.copy();
  const indexes = [...course.blocks.keys()].filter((index) => {
    const block = course.blocks[index];
    return block?.day === day && block.lux === null;
  });
  for (const [position, index] of indexes.entries()) {
    const from = Math.min(indexes.length - 1, Math.max(0, position - blocksLater));
    copy.levels[index] = course.levels[indexes[from] ?? index] ?? ORDINARY;
  }
  copy.remember();
  return copy;
}

interface Seed {
  readonly direction: -1 | 0 | 1;
  /** Hours a day by which the clock is taken to move. */
  readonly rate: number;
}

const SEEDS: readonly Seed[] = [
  { direction: 0, rate: 0 },
  { direction: -1, rate: 2 },
  { direction: 1, rate: 2 },
  { direction: -1, rate: 1 },
  { direction: 1, rate: 1 },
  { direction: -1, rate: 3 },
  { direction: 1, rate: 3 },
];

/**
 * Light before the temperature minimum delays the clock and light after it advances it (Khalsa et al., J Physiol 2003;
 * 549: 945-952): seek it on the one side and avoid it on the other of a minimum that moves by the rate.
 */
function plant(course: Course, { direction, rate }: Seed, cbtMin: number): void {
  const { blocks, levels } = course;
  if (direction === 0) return;
  let day: number | null = null;
  let sought = 0;
  let avoided = 0;
  for (const [index, block] of blocks.entries()) {
    if (block.lux !== null) continue;
    if (block.day !== day) {
      sought = 0;
      avoided = 0;
    }
    day = block.day;
    const minimum = cbtMin + direction * rate * block.day;
    const after = ((((block.from - minimum + 12) % 24) + 24) % 24) - 12;
    const side = -direction * after;
    const length = block.to - block.from;
    if (side >= 0 && side < 6 && sought + length <= MOST_SEEK_HOURS) {
      levels[index] = SEEK;
      sought += length;
    } else if (side < 0 && side > -6 && avoided + length <= MOST_AVOID_HOURS_AT_HOME) {
      levels[index] = AVOID;
      avoided += length;
    }
  }
  course.remember();
}
