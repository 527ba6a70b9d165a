import type { Partitioned, RefusalCode } from '#consumer/outcome.ts';
import type { ConsumedContract, WriteResult } from '#consumer/ports.ts';

/** What became of one contract's records since the start. */
export interface ContractCounts {
  inserted: number;
  present: number;
  skipped: number;
  readonly refused: Map<RefusalCode, number>;
}

export interface Tally {
  readonly byContract: ReadonlyMap<string, ContractCounts>;
  add(contract: ConsumedContract, outcome: Partitioned, written: WriteResult): void;
}

/** Counts outcomes by contract; what a redelivery repeats is counted again. */
export function tally(): Tally {
  const byContract = new Map<string, ContractCounts>();
  return {
    byContract,
    add({ name }, { refused, skipped }, { inserted, present }) {
      const counts = byContract.get(name) ?? { inserted: 0, present: 0, skipped: 0, refused: new Map() };
      byContract.set(name, counts);
      counts.inserted += inserted;
      counts.present += present;
      counts.skipped += skipped.length;
      for (const { code } of refused) counts.refused.set(code, (counts.refused.get(code) ?? 0) + 1);
    },
  };
}
