import { fingerprint } from '#avro/fingerprint.ts';
import type { Contract } from '#contract/contract.ts';
import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';
import { PLAN_DEFAULTS, type PlanOptions } from '#snowflake/change.ts';
import { type DeployPlan, makeDeployPlan, type Step } from '#snowflake/deploy-plan.ts';
import { stateFingerprint, viewFingerprint } from '#snowflake/fingerprints.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import { inspect } from '#snowflake/inspect.ts';
import {
  createJournal,
  type Deployed,
  JOURNAL_TABLE,
  type Journal,
  readDropped,
} from '#snowflake/journal.ts';
import { type LeaseOptions, takeLease } from '#snowflake/lease.ts';
import type { ActualState } from '#snowflake/live-state.ts';
import type { Place } from '#snowflake/names.ts';
import { type Desired, desiredOf } from '#snowflake/plan.ts';
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
  options: Partial<PlanOptions> = {},
): Promise<DeployPlan> {
  const desired: readonly Desired[] = contracts.map(({ contract, history }) => desiredOf(contract, history));
  const actual = await inspect(warehouse, place);
  const dropped = actual.tables.has(JOURNAL_TABLE) ? await readDropped(warehouse, place) : new Set<string>();
  return makeDeployPlan(warehouse, desired, place, actual, { ...PLAN_DEFAULTS, dropped, ...options });
}

export interface ApplyDeps extends LeaseOptions {
  readonly warehouse: Warehouse;
  readonly appVersion: string;
  /** Names this run in journal and lease: who, where, which process. */
  readonly run: string;
  /** `TABLE.COLUMN` of the columns that may be dropped. */
  readonly allowDrop: ReadonlySet<string>;
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
  requireAllowed(plan, deps.allowDrop);
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
    const from = firstStep(plan, await inspect(warehouse, place));
    await journal.begin(plan, from);
    for (const [index, step] of plan.steps.entries()) {
      if (index < from) continue;
      await runStep(plan, step, index, journal, deps);
      deps.onStep(step, index);
    }
    await writeDeployed(plan, contracts, journal, await inspect(warehouse, place));
    return plan.steps.length - from;
  } finally {
    await release();
  }
}

function requireAllowed({ refusals, steps }: DeployPlan, allowDrop: ReadonlySet<string>): void {
  const lines = refusals.map(({ reason, wayOut }) => `${reason}\n  ${wayOut}`);
  for (const { class: kind, object, description } of steps) {
    if (kind === 'destructive' && !allowDrop.has(object))
      lines.push(`${description} needs --allow drop:${object}`);
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

async function isAt({ place, objects }: DeployPlan, { after }: Step, warehouse: Warehouse): Promise<boolean> {
  return stateFingerprint(await inspect(warehouse, place), objects) === after;
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
    const what: Deployed = { versions, columns: table.columns, views };
    await journal.deployed(plan, contract.table, what);
  }
}
