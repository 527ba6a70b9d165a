import { fingerprint } from '#avro/fingerprint.ts';
import type { Contract } from '#contract/contract.ts';
import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';
import { allowanceFor, PLAN_DEFAULTS, type PlanOptions } from '#snowflake/change.ts';
import { type DeployPlan, makeDeployPlan, type Step } from '#snowflake/deploy-plan.ts';
import { stateFingerprint, viewFingerprint } from '#snowflake/fingerprints.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import { inspect } from '#snowflake/inspect.ts';
import { inspectProtection } from '#snowflake/inspect-protection.ts';
import { createJournal, type Deployed, type Journal } from '#snowflake/journal.ts';
import { type LeaseOptions, takeLease } from '#snowflake/lease.ts';
import type { ActualState } from '#snowflake/live-state.ts';
import type { Place } from '#snowflake/names.ts';
import { type Desired, desiredOf } from '#snowflake/plan.ts';
import { policyNames } from '#snowflake/protection.ts';
import { type MaskReading, readState } from '#snowflake/read-state.ts';
import { versionsOf } from '#snowflake/table.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** A contract with the registered versions of its root, oldest first. */
export interface ContractHistory {
  readonly contract: Contract;
  readonly history: readonly SchemaVersion[];
}

/** Reads the warehouse and plans; changes nothing. @throws ZonerError as the warehouse, CONTRACT_INVALID */
export async function readDeployPlan(
  warehouse: Warehouse,
  contracts: readonly ContractHistory[],
  place: Place,
  { masks = 'required', ...options }: Partial<PlanOptions> & { readonly masks?: MaskReading } = {},
): Promise<DeployPlan> {
  const desired: readonly Desired[] = contracts.map(({ contract, history }) => desiredOf(contract, history));
  const { dropped, ...read } = await readState(warehouse, contracts, place, masks);
  const all = { ...PLAN_DEFAULTS, dropped, ...options };
  return makeDeployPlan(warehouse, desired, place, read, all, masks === 'required');
}

/** The warehouse, and the masks that the plan knows of. */
async function inspectFor({ place, masked }: DeployPlan, warehouse: Warehouse): Promise<ActualState> {
  return inspectProtection(warehouse, place, await inspect(warehouse, place), masked);
}

export interface ApplyDeps extends LeaseOptions {
  readonly warehouse: Warehouse;
  readonly appVersion: string;
  /** Names this run in journal and lease: who, where, which process. */
  readonly run: string;
  /** What may be taken away: `drop:TABLE.COLUMN`, `unmask:TABLE`. */
  readonly allow: ReadonlySet<string>;
  onStep(step: Step, index: number): void;
}

/**
 * Runs a plan's statements in order, and goes on where an earlier run of it stopped.
 * @param contracts what the journal says of the tables when all is done
 * @throws ZonerError PLAN_REFUSED, PLAN_STALE, APPLY_BUSY, and as the warehouse
 */
export async function applyPlan(
  plan: DeployPlan,
  contracts: readonly ContractHistory[],
  deps: ApplyDeps,
): Promise<number> {
  requireAllowed(plan, deps.allow);
  if (plan.steps.length === 0) return 0;
  const { warehouse } = deps;
  const { place } = plan;
  // Journal and lease stand in the schema, so that has to be there first; both statements do no harm twice.
  for (const { kind, sql } of plan.steps)
    if (kind === 'create-database' || kind === 'create-schema') await warehouse.execute(sql);
  const journal = createJournal(warehouse, place, deps.run, deps.appVersion);
  await journal.open();
  const release = await takeLease(warehouse, place, deps.run, deps);
  try {
    const from = firstStep(plan, await inspectFor(plan, warehouse));
    await journal.begin(plan, from);
    for (const [index, step] of plan.steps.entries()) {
      if (index < from) continue;
      await runStep(plan, step, index, journal, deps);
      deps.onStep(step, index);
    }
    await writeDeployed(plan, contracts, journal, await inspectFor(plan, warehouse));
    return plan.steps.length - from;
  } finally {
    await release();
  }
}

function requireAllowed({ refusals, steps }: DeployPlan, allow: ReadonlySet<string>): void {
  const lines = refusals.map(({ reason, wayOut }) => `${reason}\n  ${wayOut}`);
  for (const { kind, class: hazard, object, description } of steps) {
    const needed = allowanceFor(kind, object);
    if (hazard === 'destructive' && !allow.has(needed)) lines.push(`${description} needs --allow ${needed}`);
  }
  if (lines.length > 0) throw new ZonerError('PLAN_REFUSED', lines.join('\n'));
}

/** The step to go on with, by the state that the warehouse is in. Filling a column changes no state, and is repeated. */
function firstStep({ live, steps, objects }: DeployPlan, actual: ActualState): number {
  const now = stateFingerprint(actual, objects);
  const places = steps.filter(({ kind }) => kind === 'create-database' || kind === 'create-schema').length;
  if (now === live) return 0;
  const reached = steps.findIndex(({ after }, index) => after === now && index >= places - 1);
  if (reached === -1) {
    throw new ZonerError(
      'PLAN_STALE',
      'the warehouse is in another state than the one that the plan was made against',
    );
  }
  return reached + 1;
}

const ATTEMPTS = 5;

async function runStep(
  plan: DeployPlan,
  step: Step,
  index: number,
  journal: Journal,
  deps: ApplyDeps,
): Promise<void> {
  await journal.mark(index, 'running');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await deps.warehouse.execute(step.sql);
      break;
    } catch (error) {
      const lost = isZonerError(error, 'WAREHOUSE_UNAVAILABLE');
      // The statement may have run although its answer was lost: the state tells.
      if (lost && step.kind === 'rename-column' && (await isAt(plan, step, deps.warehouse))) break;
      if (lost && attempt < ATTEMPTS) {
        await deps.pause(200 * attempt);
        continue;
      }
      await journal.mark(index, 'failed', messageOf(error)).catch(() => {});
      throw error;
    }
  }
  await journal.mark(index, 'done');
}

async function isAt(plan: DeployPlan, { after }: Step, warehouse: Warehouse): Promise<boolean> {
  return stateFingerprint(await inspectFor(plan, warehouse), plan.objects) === after;
}

async function writeDeployed(
  plan: DeployPlan,
  contracts: readonly ContractHistory[],
  journal: Journal,
  actual: ActualState,
): Promise<void> {
  for (const { contract, history } of contracts) {
    const table = actual.tables.get(contract.table);
    if (table === undefined) continue;
    const views: Record<string, string> = {};
    for (const { name } of desiredOf(contract, history).views) {
      const view = actual.views.get(name);
      if (view !== undefined) views[name] = viewFingerprint(view);
    }
    const versions = versionsOf(contract, history).map(({ schema }) => fingerprint(schema));
    const own = policyNames(contract.table);
    const bodies = [...(actual.protection?.policies ?? [])].filter(([name]) => own.includes(name));
    const policies = Object.fromEntries(bodies);
    const what: Deployed = { versions, columns: table.columns, views, policies };
    await journal.deployed(plan, contract.table, what);
  }
}
