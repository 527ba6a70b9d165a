import type { Figure } from '#bench/bench-table.ts';
import type { Pace } from '#bench/kafka/rounds.ts';

/** The rows of each candidate; Zoner's share of the ceiling, which is the first, has to reach `least` with either client. */
export function paceFigures(paces: readonly Pace[], least: number): readonly Figure[] {
  const info = { limit: null, aim: null };
  const ceiling = paces[0]?.name ?? '';
  return paces.flatMap(({ name, perSecond, processorMicros, ratio, ratios }): Figure[] => {
    const limit = name.startsWith('Zoner') ? { atLeast: least } : null;
    const share = { measured: ratio, unit: 'x', limit, aim: null, samples: ratios };
    return [
      { what: `${name}: records a second`, measured: Math.round(perSecond), unit: '', ...info },
      ...(name === ceiling ? [] : [{ what: `${name}: of "${ceiling}"`, ...share }]),
      { what: `${name}: processor time a record`, measured: processorMicros, unit: ' µs', ...info },
    ];
  });
}
