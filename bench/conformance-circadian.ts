import { z } from 'zod';
import type { Comparison, Conformance } from '#bench/conformance-report.ts';
import { messageOf, ZonerError } from '#core/errors.ts';
import { HOURS_FROM_DLMO_TO_CBT_MIN } from '#recommendations/circadian/pacemaker.ts';
import { simulate } from '#recommendations/circadian/simulate.ts';

const TOLERANCE_HOURS = 0.1;

const number = z.number();
const file = z.object({
  stepHours: number.positive().default(0.05),
  initialState: z.object({ x: number, xc: number, n: number }),
  cases: z.array(
    z.object({
      name: z.string(),
      days: number.positive(),
      light: z.array(z.tuple([number, number, number])),
      cbtMinHours: z.array(number),
      dlmoHours: z.array(number),
    }),
  ),
});

type Case = z.infer<typeof file>['cases'][number];

/**
 * Light schedules with the minima and melatonin onsets that another implementation found for them. That one samples light
 * every `stepHours` and takes for each step the light at its end, so a lamp comes on one step early; the same is done to
 * its schedules here, so that models are compared and not how light is sampled.
 */
export const circadian: Conformance = {
  *compare(text) {
    const { initialState, stepHours, cases } = parse(text);
    for (const each of cases) {
      const spans = each.light.map(([from, to, lux]) => ({
        from: from - stepHours,
        to: to - stepHours,
        lux,
      }));
      const { cbtMins } = simulate(spans, {
        from: 0,
        to: each.days * 24,
        initial: initialState,
        step: stepHours,
      });
      yield judge(each, cbtMins);
    }
  },
};

function judge(expected: Case, cbtMins: readonly number[]): Comparison {
  const dlmos = cbtMins.map((hour) => hour - HOURS_FROM_DLMO_TO_CBT_MIN);
  const { name } = expected;
  if (cbtMins.length !== expected.cbtMinHours.length) {
    const detail = `${cbtMins.length} minima, ${expected.cbtMinHours.length} expected`;
    return { name, outcome: 'disagrees', detail };
  }
  const largest = Math.max(distance(cbtMins, expected.cbtMinHours), distance(dlmos, expected.dlmoHours));
  const detail = `largest difference ${largest.toFixed(3)} h`;
  return { name, outcome: largest <= TOLERANCE_HOURS ? 'agrees' : 'disagrees', detail };
}

function distance(found: readonly number[], expected: readonly number[]): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return found.reduce((most, hour, index) => Math.max(most, Math.abs(hour - Number(expected[index]))), 0);
}

function parse(text: string): z.infer<typeof file> {
  try {
    return file.parse(JSON.parse(text));
  } catch (error) {
    throw new ZonerError('USAGE', `no circadian cases: ${messageOf(error)}`, { cause: error });
  }
}
