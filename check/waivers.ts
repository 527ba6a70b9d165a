import type { Position } from '#avro/model.ts';
import type { JudgedChange } from '#check/judge-subject.ts';
import type { CheckRule, Weight } from '#check/rules.ts';
import { isCheckRule } from '#check/rules.ts';
import type { Contract, Waiver } from '#contract/contract.ts';
import { isLintRule } from '#contract/lint/rules.ts';

/** A waiver that is not as it should be. */
export interface WaiverFinding {
  readonly rule: Extract<CheckRule, 'WAIVER_EXPIRED' | 'WAIVER_UNUSED' | 'WAIVER_UNKNOWN_RULE'>;
  readonly at: string;
  readonly position: Position;
  readonly message: string;
  readonly remedy: string;
}

export interface Waived {
  /** The waiver of each change that has one. */
  readonly waivers: ReadonlyMap<JudgedChange, Waiver>;
  readonly findings: readonly WaiverFinding[];
}

/**
 * Applies the waivers of a contract to what was found; those of lint are not its matter. One counts to the end of its
 * last day. A waiver for a change that is registered by now has nothing to waive.
 * @param today ISO date
 * @param positionOf where the waiver of this index stands in `contract.json`
 */
export function applyWaivers(
  { waivers }: Contract,
  changes: readonly { readonly change: JudgedChange; readonly weight: Weight }[],
  today: string,
  positionOf: (index: number) => Position,
): Waived {
  const found = new Map<JudgedChange, Waiver>();
  const findings: WaiverFinding[] = [];
  for (const [index, waiver] of waivers.entries()) {
    if (isLintRule(waiver.rule)) continue;
    const at = `contract.waivers[${index}]`;
    const finding = (rule: WaiverFinding['rule'], message: string, remedy: string): void => {
      findings.push({ rule, at, position: positionOf(index), message, remedy });
    };
    if (!isCheckRule(waiver.rule)) {
      finding('WAIVER_UNKNOWN_RULE', `there is no rule ${waiver.rule}`, 'zoner check --rules lists them.');
      continue;
    }
    const hits = changes.filter(
      ({ change, weight }) =>
        change.rule === waiver.rule && weight !== 'fine' && covers(waiver.at, change.at),
    );
    if (hits.length === 0) {
      finding('WAIVER_UNUSED', `${waiver.rule} finds nothing at ${waiver.at}`, 'Remove the waiver.');
    } else if (waiver.until < today) {
      const message = `${waiver.rule} at ${waiver.at} was agreed until ${waiver.until}`;
      finding('WAIVER_EXPIRED', message, 'Agree on a new date, or undo the change.');
    } else for (const { change } of hits) found.set(change, waiver);
  }
  return { waivers: found, findings };
}

/** A place covers what is inside of it. */
function covers(at: string, place: string): boolean {
  return place === at || (place.startsWith(at) && /^[.[{<]/.test(place.slice(at.length)));
}

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;

/** What to paste into "waivers" of `contract.json`: for a month, with a reason to fill in. */
export function waiverText(
  { rule, at }: { readonly rule: string; readonly at: string },
  today: string,
): string {
  const until = new Date(Date.parse(today) + MONTH_MS).toISOString().slice(0, 10);
  return JSON.stringify({ rule, at, reason: '', until }).replaceAll('":', '": ').replaceAll(',"', ', "');
}
