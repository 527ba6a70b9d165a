import type { Habit } from '#recommendations/circadian/habit.ts';
import { type Dose, doseOf, type Pacemaker, PacemakerState } from '#recommendations/circadian/pacemaker.ts';
import { simulate } from '#recommendations/circadian/simulate.ts';

/** Light that a plan can ask for. */
export const AVOID = 0;
export const ORDINARY = 1;
export const SEEK = 2;
export type Level = typeof AVOID | typeof ORDINARY | typeof SEEK;

/** Lux at the eye: dim lamps or dark glasses; a lit room; outdoors by day or a light box. */
export const LEVEL_LUX = [10, 150, 5000] as const;

/** A stretch of a journey, on an axis of hours whose hour 0 is the destination's midnight on the day of arrival. */
export interface Block {
  readonly from: number;
  readonly to: number;
  /** The waking day that this belongs to: light is sought so many hours a day at most. */
  readonly day: number;
  /** Light that no plan can change, such as that of sleep or of a cabin; null where a plan may choose. */
  readonly lux: number | null;
}

/** A clock that a plan has to settle. */
export interface Traveller {
  readonly period: number;
  /** The state where the first block begins. */
  readonly initial: Pacemaker;
  /** Local hour of the minimum of core body temperature, once settled at the destination. */
  readonly target: number;
}

/** Hours. What a search finds with long steps is judged with short ones. */
const SEARCH_STEP = 1;
const JUDGING_STEP = 0.1;
/** A clock has settled when its minimum is this near to its target on this many mornings after the guided ones. */
export const SETTLED_WITHIN_HOURS = 1;
const MORNINGS_LOOKED_AT = 4;
/** Hours after waking up on the last morning: no minimum that counts is later. */
const LAST_LOOK_HOURS = 6;
/** Of the mean error, added to the worst: where the worst of all is stuck, the others still show the way. */
const MEAN_WEIGHT = 0.1;

/**
 * A journey with the light of each block, and how far from settled it leaves its travellers: guided until the bedtime
 * before morning `days` at the destination (the day after arrival is morning 1), then living by the habit.
 */
export class Course {
  readonly blocks: readonly Block[];
  readonly travellers: readonly Traveller[];
  readonly days: number;
  readonly levels: Uint8Array;
  readonly #habit: Habit;
  /** Each block's dose at each level. */
  readonly #doses: readonly (readonly Dose[])[];
  readonly #unguided: readonly [night: Dose, day: Dose, lastMorning: Dose];
  /** Each traveller's state where each block begins, three numbers each. */
  readonly #states: readonly Float64Array[];
  readonly #missed = new Float64Array(MORNINGS_LOOKED_AT);
  /** Indexes of travellers, the one who missed most of late first: who exceeds a bound is known soonest. */
  readonly #order: number[];

  constructor(
    blocks: readonly Block[],
    travellers: readonly Traveller[],
    habit: Habit,
    days: number,
    step = SEARCH_STEP,
  ) {
    this.blocks = blocks;
    this.travellers = travellers;
    this.days = days;
    this.#habit = habit;
    this.levels = new Uint8Array(blocks.length).fill(ORDINARY);
    this.#doses = blocks.map(({ from, to, lux }) =>
      LEVEL_LUX.map((level) => doseOf(lux ?? level, to - from, step)),
    );
    this.#unguided = [
      doseOf(0, habit.sleepHours, step),
      doseOf(habit.lux, 24 - habit.sleepHours, step),
      doseOf(habit.lux, LAST_LOOK_HOURS, step),
    ];
    this.#states = travellers.map(() => new Float64Array(3 * (blocks.length + 1)));
    this.#order = travellers.map((_, index) => index);
    this.remember();
  }

  copy(step = SEARCH_STEP): Course {
    const copy = new Course(this.blocks, this.travellers, this.#habit, this.days, step);
    copy.levels.set(this.levels);
    copy.remember();
    return copy;
  }

  lux(index: number): number {
    return this.blocks[index]?.lux ?? LEVEL_LUX[this.levels[index] as Level];
  }

  /** Keeps the states that the present levels lead to, so that `error` need not begin at the beginning. */
  remember(): void {
    for (const [who, { initial, period }] of this.travellers.entries()) {
      const kept = this.#states[who] as Float64Array;
      const state = new PacemakerState(initial, period);
      for (let index = 0; index <= this.blocks.length; index += 1) {
        kept[3 * index] = state.x;
        kept[3 * index + 1] = state.xc;
        kept[3 * index + 2] = state.n;
        if (index < this.blocks.length) state.take(this.#dose(index));
      }
    }
  }

  /** Hours by which the worst traveller's worst minimum misses its target on the last guided morning and the next three. */
  worst(): number {
    return Math.max(...this.travellers.map((_, who) => this.#errorOf(who, 0, Number.POSITIVE_INFINITY)));
  }

  /** `worst`, with steps so short that shorter ones find the same. */
  judged(): number {
    return this.copy(JUDGING_STEP).worst();
  }

  /**
   * Every minimum of the middle traveller from the start to the last guided morning, as hours of the axis: how the
   * plan moves a clock.
   */
  minima(): readonly number[] {
    const traveller = this.travellers[Math.floor(this.travellers.length / 2)];
    if (traveller === undefined) return [];
    const { initial, period } = traveller;
    const lit = this.blocks.map(({ from, to }, index) => ({ from, to, lux: this.lux(index) }));
    const up = 24 * this.days + this.#habit.wake;
    const to = up + LAST_LOOK_HOURS;
    const from = lit[0]?.from ?? up;
    const spans = [...lit, { from: up, to, lux: this.#habit.lux }];
    return simulate(spans, { from, to, initial, period, step: JUDGING_STEP }).cbtMins;
  }

  /**
   * What a search makes small: `worst`, and a little of the mean. Infinite as soon as it is known to be above `bound`.
   * Levels before block `changed` must be the remembered ones.
   */
  error(changed = 0, bound = Number.POSITIVE_INFINITY): number {
    let worst = 0;
    let sum = 0;
    for (const [place, who] of this.#order.entries()) {
      const missed = this.#errorOf(who, changed, bound);
      if (missed > bound) {
        this.#order.splice(place, 1);
        this.#order.unshift(who);
        return Number.POSITIVE_INFINITY;
      }
      worst = Math.max(worst, missed);
      sum += missed;
    }
    return worst + (MEAN_WEIGHT * sum) / this.travellers.length;
  }

  #dose(index: number): Dose {
    return this.#doses[index]?.[this.levels[index] as Level] as Dose;
  }

  #errorOf(who: number, changed: number, bound: number): number {
    const { period, target } = this.travellers[who] as Traveller;
    const kept = this.#states[who] as Float64Array;
    const at = 3 * changed;
    const initial = { x: kept[at] ?? 0, xc: kept[at + 1] ?? 0, n: kept[at + 2] ?? 0 };
    const state = new PacemakerState(initial, period);
    for (let index = changed; index < this.blocks.length; index += 1) state.take(this.#dose(index));
    const missed = this.#missed.fill(12);
    const first = 24 * this.days + target;
    const onMinimum = (hour: number): void => {
      const morning = Math.round((hour - first) / 24);
      const miss = Math.abs(hour - first - 24 * morning);
      if (miss < (missed[morning] ?? 0)) missed[morning] = miss;
    };
    const { wake, sleepHours } = this.#habit;
    const [night, day, lastMorning] = this.#unguided;
    let worst = 0;
    for (let morning = 0; morning < MORNINGS_LOOKED_AT; morning += 1) {
      const up = 24 * (this.days + morning) + wake;
      state.take(night, up - sleepHours, onMinimum);
      const isLast = morning === MORNINGS_LOOKED_AT - 1;
      state.take(isLast ? lastMorning : day, up, onMinimum);
      worst = Math.max(worst, missed[morning] ?? 0);
      if (worst > bound) break;
    }
    return worst;
  }
}
