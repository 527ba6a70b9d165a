import type { Plan, RecordPlan } from '#avro/plan.ts';

/** The records that a plan comes to from several places, or from inside themselves: they are functions of their own. */
export function sharedRecords(plan: Plan): ReadonlySet<RecordPlan> {
  const seen = new Set<RecordPlan>();
  const shared = new Set<RecordPlan>();
  const open: Plan[] = [plan];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.do === 'record') {
      if (seen.has(next)) shared.add(next);
      else for (const step of next.steps) if (step.to !== null) open.push(step.plan);
      seen.add(next);
    } else if (next.do === 'union') open.push(...next.branches);
    else if (next.do === 'array') open.push(next.item);
    else if (next.do === 'map' || next.do === 'tag') open.push(next.value);
  }
  return shared;
}
