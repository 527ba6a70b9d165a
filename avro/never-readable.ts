import type { Plan, RecordPlan } from '#avro/plan.ts';
import { fieldPath } from '#avro/value-check.ts';

/** Why no value at all can be read by a plan, or null if some can. */
export function neverReadable(plan: Plan): string | null {
  return why(plan, '', new Set());
}

function why(plan: Plan, path: string, open: Set<RecordPlan>): string | null {
  switch (plan.do) {
    case 'refuse':
      return path === '' ? plan.why : `${path}: ${plan.why}`;
    case 'enum':
      if (plan.symbols.some((symbol) => symbol !== null)) return null;
      return `${path || 'the value'}: the reader has none of the symbols that were written`;
    case 'union': {
      const reasons = plan.branches.map((branch) => why(branch, path, open));
      if (reasons.includes(null)) return null;
      return reasons[0] ?? `${path || 'the value'}: a union without branches has no values`;
    }
    case 'tag':
      return why(plan.value, path, open);
    case 'record': {
      // A record that contains itself is judged by its other fields.
      if (open.has(plan)) return null;
      open.add(plan);
      for (const step of plan.steps) {
        if (step.to === null) continue;
        const found = why(step.plan, fieldPath(path, plan.fields[step.to]?.field.name ?? ''), open);
        if (found !== null) return found;
      }
      open.delete(plan);
      return null;
    }
    default:
      // An empty array or map can be read whatever its items are.
      return null;
  }
}
