import { fillLight, type LightSpan } from '#recommendations/circadian/light.ts';
import {
  MEAN_PERIOD,
  MIDNIGHT,
  type Pacemaker,
  PacemakerState,
} from '#recommendations/circadian/pacemaker.ts';

export interface SimulationOptions {
  /** Hours of the span to simulate. */
  readonly from: number;
  readonly to: number;
  /** The state at `from`. */
  readonly initial?: Pacemaker;
  readonly period?: number;
  /** The longest step, in hours. */
  readonly step?: number;
}

export interface Simulated {
  /** Hours of each minimum of core body temperature, ascending. */
  readonly cbtMins: readonly number[];
  readonly final: Pacemaker;
}

/** As in the implementation that Zoner is compared with; a tenth of it changes no minimum by a minute. */
const STEP = 0.05;
/** A shallower minimum so close to a deeper one is a ripple made by light, not the night's minimum. */
const HOURS_BETWEEN_MINIMA = 13;

/** Simulates a pacemaker under these lights; dark where there are none. Pure. */
export function simulate(spans: readonly LightSpan[], options: SimulationOptions): Simulated {
  const { from, to, initial = MIDNIGHT, period = MEAN_PERIOD, step = STEP } = options;
  const state = new PacemakerState(initial, period);
  const found: Minimum[] = [];
  const onMinimum = (hour: number, depth: number): void => {
    found.push({ hour, depth });
  };
  for (const span of fillLight(spans, from, to)) {
    state.advance(span.lux, span.to - span.from, step, span.from, onMinimum);
  }
  const { x, xc, n } = state;
  return { cbtMins: deepest(found).map(({ hour }) => hour), final: { x, xc, n } };
}

interface Minimum {
  readonly hour: number;
  readonly depth: number;
}

/** The deepest minima, none within thirteen hours of a deeper one that stays. */
function deepest(found: readonly Minimum[]): readonly Minimum[] {
  const kept: Minimum[] = [];
  for (const each of found.toSorted((a, b) => a.depth - b.depth)) {
    if (kept.every(({ hour }) => Math.abs(hour - each.hour) >= HOURS_BETWEEN_MINIMA)) kept.push(each);
  }
  return kept.sort((a, b) => a.hour - b.hour);
}
