import type { Plan, RecordPlan } from '#avro/plan.ts';
import { fieldPath } from '#avro/value-check.ts';

/** Why no value at all can be read by a plan, or null if some can. */
export function neverReadable(plan: Plan): string | null {
  return why(plan, '', new Map());
}

/** What is known of a record; null also while it is under way, so that one that contains itself is judged by its other fields. */
type Known = Map<RecordPlan, string | null>;

function why(plan: Plan, path: string, known: Known): string | null {
  switch (plan.do) {
    case 'refuse':
      return path === '' ? plan.why : `${path}: ${plan.why}`;
    case 'enum':
      if (plan.symbols.some((symbol) => symbol !== null)) return null;
      return `${path || 'the value'}: the reader has none of the symbols that were written`;
    case 'union': {
      const reasons = plan.branches.map((branch) => why(branch, path, known));
      if (reasons.includes(null)) return null;
      return reasons[0] ?? `${path || 'the value'}: a union without branches has no values`;
    }
    case 'tag':
      return why(plan.value, path, known);
    case 'record': {
      const before = known.get(plan);
      if (before !== undefined) return before;
      known.set(plan, null);
      for (const step of plan.steps) {
        if (step.to === null) continue;
        const found = why(step.plan, fieldPath(path, plan.fields[step.to]?.field.name ?? ''), known);
        if (found === null) continue;
        known.set(plan, found);
        return found;
      }
      return null;
    }
    default:
      // An empty array or map can be read whatever its items are.
      return null;
  }
}
