import type { Finding } from '#avro/lint/finding.ts';
import type { Waiver } from '#contract/contract.ts';
import { findingOf } from '#contract/lint/contract-rules.ts';
import { isLintRule, RULES } from '#contract/lint/rules.ts';
import type { LoadedContract } from '#contract/load.ts';
import { positionOfSetting } from '#contract/settings.ts';

export interface Judged {
  readonly findings: readonly Finding[];
  readonly waived: readonly { readonly finding: Finding; readonly waiver: Waiver }[];
}

/**
 * Applies a contract's waivers and raises. Both count to the end of their last day.
 * @param places every place that the contract has, for those that name none
 * @param today ISO date
 */
export function judge(
  { contract, settings }: LoadedContract,
  found: readonly Finding[],
  places: ReadonlySet<string>,
  today: string,
): Judged {
  const upkeep: Finding[] = [];
  const waived: { finding: Finding; waiver: Waiver }[] = [];
  let findings = found;
  const entries = [
    ...contract.raises.map((entry, index) => ({ entry, index, list: 'raises' as const })),
    ...contract.waivers.map((entry, index) => ({ entry, index, list: 'waivers' as const })),
  ].filter(({ entry }) => isLintRule(entry.rule));
  for (const { entry, index, list } of entries) {
    const note = (rule: Parameters<typeof findingOf>[0], message: string, fix: string): void => {
      const at = `contract.${list}[${index}]`;
      upkeep.push(findingOf(rule, positionOfSetting(settings, list, index), at, message, fix));
    };
    const rule = RULES[entry.rule];
    if (rule === undefined) {
      note('unknown-rule', `there is no rule ${entry.rule}`, 'zoner lint --rules lists them.');
      continue;
    }
    if (entry.until < today) {
      note(
        'expired-waiver',
        `${entry.rule} at ${entry.at} was agreed until ${entry.until}`,
        'Agree on a new date, or remove it.',
      );
      continue;
    }
    if (!places.has(entry.at)) {
      note(
        'unknown-place',
        `${contract.name} has no place ${entry.at}`,
        'Places are Type, Type.field and contract.setting.',
      );
      continue;
    }
    const hits = findings.filter((finding) => finding.rule === entry.rule && covers(entry.at, finding.at));
    if (list === 'raises') {
      findings = findings.map((each) => (hits.includes(each) ? { ...each, severity: 'error' } : each));
    } else if (hits.length === 0) {
      note('unused-waiver', `${entry.rule} finds nothing at ${entry.at}`, 'Remove the waiver.');
    } else if (!rule.waivable) {
      note(
        'unused-waiver',
        `${entry.rule} cannot be waived: nothing true could be generated`,
        'Remove the waiver and correct the schema.',
      );
    } else {
      findings = findings.filter((each) => !hits.includes(each));
      waived.push(...hits.map((finding) => ({ finding, waiver: entry })));
    }
  }
  return { findings: [...findings, ...upkeep], waived };
}

/** A type covers its fields. */
function covers(at: string, place: string): boolean {
  return place === at || place.startsWith(`${at}.`);
}
