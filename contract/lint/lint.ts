import type { Finding } from '#avro/lint/finding.ts';
import { lintSchema } from '#avro/lint/lint-schema.ts';
import { type Walk, walk } from '#avro/lint/walk.ts';
import type { Waiver } from '#contract/contract.ts';
import { contractFindings } from '#contract/lint/contract-rules.ts';
import { forwardFindings } from '#contract/lint/forward-rules.ts';
import { relationFindings } from '#contract/lint/relation-rules.ts';
import { judge } from '#contract/lint/waivers.ts';
import type { LoadedContract } from '#contract/load.ts';
import { SETTINGS } from '#contract/settings.ts';

export interface LintReport {
  /** In order of file and place; what several contracts share stands there once. */
  readonly findings: readonly Finding[];
  readonly waived: readonly {
    readonly contract: string;
    readonly finding: Finding;
    readonly waiver: Waiver;
  }[];
}

/**
 * Judges contracts together, because their tables and views share the warehouse.
 * @param today ISO date, against which waivers run out
 */
export function lint(contracts: readonly LoadedContract[], today: string): LintReport {
  const relations = relationFindings(contracts);
  const findings = new Map<string, Finding>();
  const waived: LintReport['waived'][number][] = [];
  for (const loaded of contracts) {
    const { root, name } = loaded.contract;
    const all = walk(root);
    const found = [
      ...lintSchema(all),
      ...contractFindings(loaded, all),
      ...forwardFindings(loaded.contract),
      ...(relations.get(name) ?? []),
    ];
    const judged = judge(loaded, found, placesOf(all), today);
    for (const finding of judged.findings) findings.set(keyOf(finding), finding);
    waived.push(...judged.waived.map((each) => ({ contract: name, ...each })));
  }
  return { findings: [...findings.values()].sort(byPlace), waived };
}

function placesOf({ sites, fields }: Walk): ReadonlySet<string> {
  return new Set([
    ...sites.map(({ at }) => at),
    ...fields.map(({ at }) => at),
    ...SETTINGS.map((setting) => `contract.${setting}`),
  ]);
}

/** One type that two contracts use is found wanting twice; one of them may have waived it, or raised it. */
function keyOf({ rule, severity, position: { file, line, column }, message }: Finding): string {
  return [file, line, column, rule, severity, message].join(' ');
}

function byPlace(a: Finding, b: Finding): number {
  const [left, right] = [a.position, b.position];
  const [one, other] = [left.file ?? '', right.file ?? ''];
  if (one !== other) return one < other ? -1 : 1;
  return left.line - right.line || left.column - right.column || (a.rule < b.rule ? -1 : 1);
}
