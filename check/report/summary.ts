import { breakingRows, type Verdict, warningRows } from '#check/verdict.ts';

export interface Summary {
  readonly contracts: number;
  readonly breaking: number;
  readonly warnings: number;
  readonly waived: number;
}

export function summaryOf(verdict: Verdict): Summary {
  return {
    contracts: verdict.contracts.length,
    breaking: breakingRows(verdict).length,
    warnings: warningRows(verdict).length,
    waived: verdict.contracts.flatMap(({ rows }) => rows).filter(({ waiver }) => waiver !== null).length,
  };
}

/** `check: 2 contracts against the lock: 1 breaking change, 3 warnings, 1 waived`. */
export function summaryText(verdict: Verdict): string {
  const { contracts, breaking, warnings, waived } = summaryOf(verdict);
  const counts = [count(breaking, 'breaking change'), count(warnings, 'warning')];
  if (waived > 0) counts.push(`${waived} waived`);
  return `check: ${count(contracts, 'contract')} against ${verdict.against}: ${counts.join(', ')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
