import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillLight, type LightSpan } from '#recommendations/circadian/light.ts';
import { simulate } from '#recommendations/circadian/simulate.ts';

interface Case {
  readonly name: string;
  readonly days: number;
  readonly light: readonly (readonly [number, number, number])[];
  readonly cbtMinHours: readonly number[];
}
const { cases } = JSON.parse(readFileSync(new URL('./fixtures/forger99.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[];
};

const spansOf = ({ light }: Case): LightSpan[] => light.map(([from, to, lux]) => ({ from, to, lux }));

test.each(cases)('the minima of $name are those of an independent implementation', (each) => {
  const { cbtMins } = simulate(spansOf(each), { from: 0, to: each.days * 24 });
  expect(cbtMins).toHaveLength(each.cbtMinHours.length);
  for (const [index, hour] of cbtMins.entries()) {
    expect(Math.abs(hour - Number(each.cbtMinHours[index]))).toBeLessThanOrEqual(0.1);
  }
});

test('in darkness the clock runs with its own period', () => {
  for (const period of [23.8, 24.2, 24.6]) {
    const { cbtMins } = simulate([], { from: 0, to: 60 * 24, period });
    expect(Number(cbtMins.at(-1)) - Number(cbtMins.at(-2))).toBeCloseTo(period, 1);
  }
});

test('half hour steps, as searches take them, find the same minima within two minutes', () => {
  for (const each of cases) {
    const fine = simulate(spansOf(each), { from: 0, to: each.days * 24, step: 0.01 }).cbtMins;
    const coarse = simulate(spansOf(each), { from: 0, to: each.days * 24, step: 0.5 }).cbtMins;
    expect(coarse).toHaveLength(fine.length);
    for (const [index, hour] of coarse.entries()) {
      expect(Math.abs(hour - Number(fine[index]))).toBeLessThan(2 / 60);
    }
  }
});

test('a simulation cut in two ends where the whole one does', () => {
  const spans = [{ from: 8, to: 24, lux: 700 }];
  const whole = simulate(spans, { from: 0, to: 30 });
  const { final } = simulate(spans, { from: 0, to: 13.7 });
  const rest = simulate(spans, { from: 13.7, to: 30, initial: final });
  expect(rest.final.x).toBeCloseTo(whole.final.x, 7);
  expect(rest.final.n).toBeCloseTo(whole.final.n, 7);
});

const span = fc
  .tuple(fc.integer({ min: -5, max: 30 }), fc.integer({ min: 1, max: 12 }), fc.nat(900))
  .map(([from, length, lux]) => ({ from, to: from + length, lux }));

test('light is known at every moment, and the later of two spans wins', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
      const filled = fillLight(spans, 0, 24);
      expect(filled[0]?.from).toBe(0);
      expect(filled.at(-1)?.to).toBe(24);
      for (const [index, each] of filled.entries()) {
        if (index > 0) expect(filled[index - 1]?.to).toBe(each.from);
        for (let hour = each.from; hour < each.to; hour += 1) {
          expect(spans.findLast(({ from, to }) => from <= hour && to > hour)?.lux ?? 0).toBe(each.lux);
        }
      }
    }),
  );
});
