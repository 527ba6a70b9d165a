/** What became of one case. */
export type Comparison = {
  readonly name: string;
} /** With a detail where a file's cases agree only within a tolerance. */ & (
  | { readonly outcome: 'agrees'; readonly detail?: string }
  /** Zoner differs by a rule of its own design, stated in one sentence. */
  | { readonly outcome: 'named'; readonly rule: string }
  | { readonly outcome: 'disagrees'; readonly detail: string }
);

export interface Conformance {
  /** Judges every case of a file's text, in order. @throws ZonerError USAGE for a text that is not of this kind */
  compare(text: string): Iterable<Comparison>;
}

export interface Tally {
  readonly cases: number;
  readonly agreements: number;
  readonly disagreements: number;
  readonly rules: ReadonlyMap<string, number>;
}

export function tally(comparisons: readonly Comparison[]): Tally {
  const rules = new Map<string, number>();
  for (const each of comparisons)
    if (each.outcome === 'named') rules.set(each.rule, (rules.get(each.rule) ?? 0) + 1);
  const count = (outcome: Comparison['outcome']): number =>
    comparisons.filter((each) => each.outcome === outcome).length;
  return {
    cases: comparisons.length,
    agreements: count('agrees'),
    disagreements: count('disagrees'),
    rules,
  };
}

export function renderConformance(comparisons: readonly Comparison[], counts: Tally): string {
  const lines = comparisons.flatMap((each) => {
    if (each.outcome === 'disagrees') return [`DISAGREES ${each.name}: ${each.detail}`];
    return each.outcome === 'agrees' && each.detail ? [`agrees ${each.name}: ${each.detail}`] : [];
  });
  for (const [rule, count] of counts.rules) lines.push(`${count} by the rule: ${rule}`);
  lines.push(`${counts.cases} cases, ${counts.agreements} agree, ${counts.disagreements} disagree`);
  return `${lines.join('\n')}\n`;
}
