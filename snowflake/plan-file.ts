import { z } from 'zod';
import { ZonerError } from '#core/errors.ts';
import type { DeployPlan } from '#snowflake/deploy-plan.ts';
import { planFingerprint } from '#snowflake/fingerprints.ts';

const text = z.string();
const step = z.object({
  kind: text,
  class: z.enum(['safe', 'needs-data', 'destructive']),
  object: text,
  description: text,
  reason: text,
  sql: text,
  rows: text.nullable(),
  after: text,
});
const planFile = z.object({
  format: z.literal('zoner-snowflake-plan/1'),
  place: z.object({ database: text, schema: text }),
  objects: z.array(text),
  masked: z.array(text).default([]),
  live: text,
  plan: text,
  steps: z.array(step),
  refusals: z.array(z.object({ object: text, reason: text, wayOut: text })),
  notes: z.array(z.object({ object: text, text })),
});

export function planFileText(plan: DeployPlan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/** @throws ZonerError USAGE for a text that is no plan, or one that somebody changed */
export function parsePlanFile(file: string, name: string): DeployPlan {
  const refuse = (why: string): never => {
    throw new ZonerError('USAGE', `${name} is no plan of zoner snowflake plan --out: ${why}`, {
      remedy: 'Make it again with: zoner snowflake plan --out FILE',
    });
  };
  let json: unknown;
  try {
    json = JSON.parse(file);
  } catch {
    return refuse('it is not JSON');
  }
  const parsed = planFile.safeParse(json);
  if (!parsed.success)
    return refuse(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  const plan = parsed.data as DeployPlan;
  const statements = plan.steps.map(({ sql }) => sql);
  if (planFingerprint(plan.place, plan.live, statements) !== plan.plan)
    return refuse('its hash does not fit its statements');
  return plan;
}
