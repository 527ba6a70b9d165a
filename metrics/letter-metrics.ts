import { Gauge } from 'prom-client';
import type { LetterCounts } from '#dead-letters/count-letters.ts';
import { STATES } from '#dead-letters/letter-book.ts';
import type { Metrics } from '#metrics/metrics.ts';

export interface LetterGauges {
  /** Counts the letters of each contract; one that cannot be counted has no series until the next time. */
  refresh(): Promise<void>;
}

/**
 * What the dead letter topics hold: a count reads all of them, so it is made now and then, and a scrape tells the last one.
 * @param count of a contract, by name
 */
export function addLetters(
  { registry }: Metrics,
  contracts: readonly string[],
  count: (contract: string) => Promise<LetterCounts>,
): LetterGauges {
  const letters = new Gauge({
    name: 'zoner_letters',
    help: 'Dead letters by state, when they were counted last.',
    labelNames: ['contract', 'state'],
    registers: [registry],
  });
  const expiring = new Gauge({
    name: 'zoner_expiring_letters',
    help: 'Open dead letters that the broker may delete within five days, when they were counted last.',
    labelNames: ['contract'],
    registers: [registry],
  });
  const known = new Gauge({
    name: 'zoner_letters_known',
    help: '1 if the dead letters could be counted the last time.',
    labelNames: ['contract'],
    registers: [registry],
  });
  const refreshOne = async (contract: string): Promise<void> => {
    try {
      const counts = await count(contract);
      for (const state of STATES) letters.set({ contract, state }, counts.byState.get(state) ?? 0);
      expiring.set({ contract }, counts.expiring);
      known.set({ contract }, 1);
    } catch {
      for (const state of STATES) letters.remove({ contract, state });
      expiring.remove({ contract });
      known.set({ contract }, 0);
    }
  };
  return {
    async refresh() {
      for (const contract of contracts) await refreshOne(contract);
    },
  };
}
