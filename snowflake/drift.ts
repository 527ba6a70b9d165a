import { fingerprint } from '#avro/fingerprint.ts';
import type { ContractHistory } from '#snowflake/apply.ts';
import { PLAN_DEFAULTS } from '#snowflake/change.ts';
import { policyText, viewFingerprint } from '#snowflake/fingerprints.ts';
import type { Deployed } from '#snowflake/journal.ts';
import type { ActualColumn, ActualState } from '#snowflake/live-state.ts';
import type { Place } from '#snowflake/names.ts';
import { desiredOf, planTables } from '#snowflake/plan.ts';
import { versionsOf } from '#snowflake/table.ts';

/**
 * Why warehouse and contract differ: somebody changed the warehouse by hand; the contract has versions that were not
 * deployed; the warehouse was deployed from versions that this contract does not know; nothing was deployed at all.
 */
export type DriftCause = 'hand edit' | 'contract ahead' | 'contract behind' | 'not deployed';

export interface Drift {
  readonly cause: DriftCause;
  readonly object: string;
  readonly what: string;
}

/** What differs, and why, by what the journal says was deployed last. Pure. */
export function findDrift(
  contracts: readonly ContractHistory[],
  place: Place,
  actual: ActualState,
  deployed: ReadonlyMap<string, Deployed>,
): readonly Drift[] {
  return contracts.flatMap((each): readonly Drift[] => {
    const { contract, history } = each;
    const last = deployed.get(contract.table);
    const { changes, refusals } = planTables([desiredOf(contract, history)], place, actual, PLAN_DEFAULTS);
    const wanted = [
      ...changes.map(({ object, description }) => ({ object, what: `${description} is missing` })),
      ...refusals.map(({ object, reason }) => ({ object, what: reason })),
    ];
    if (last === undefined) return wanted.map((difference) => ({ cause: 'not deployed', ...difference }));
    const edits = handEdits(contract.table, actual, last);
    const edited = new Set(edits.map(({ object }) => object));
    const ours = versionsOf(contract, history).map(({ schema }) => fingerprint(schema));
    const ahead = ours.some((version) => !last.versions.includes(version));
    const behind = last.versions.some((version) => !ours.includes(version));
    const rest = wanted.filter(({ object }) => !edited.has(object));
    const moved: Drift[] = [];
    if (ahead) moved.push(...rest.map((difference) => ({ cause: 'contract ahead', ...difference }) as const));
    if (behind) {
      const what = `${contract.table} was deployed from ${last.versions.length} versions, some of which this contract does not have`;
      moved.push({ cause: 'contract behind', object: contract.table, what });
    }
    return [...edits, ...moved];
  });
}

/** What is otherwise than right after the last apply. */
function handEdits(table: string, actual: ActualState, last: Deployed): readonly Drift[] {
  const edit = (object: string, what: string): Drift => ({ cause: 'hand edit', object, what });
  const found = actual.tables.get(table);
  if (found === undefined) return [edit(table, `table ${table} is gone`)];
  const edits: Drift[] = [];
  const now = new Map(found.columns.map((column) => [column.name, column]));
  for (const before of last.columns) {
    const object = `${table}.${before.name}`;
    const column = now.get(before.name);
    now.delete(before.name);
    if (column === undefined) edits.push(edit(object, `column ${object} is gone`));
    else {
      const masks = actual.protection === null ? [] : maskEdits(before, column);
      const found = [...columnEdits(before, column), ...masks];
      edits.push(...found.map((what) => edit(object, `column ${object} ${what}`)));
    }
  }
  for (const { name } of now.values())
    edits.push(edit(`${table}.${name}`, `column ${table}.${name} was added`));
  for (const [name, before] of Object.entries(actual.protection === null ? {} : (last.policies ?? {}))) {
    const body = actual.protection?.policies.get(name);
    if (body === undefined) edits.push(edit(table, `masking policy ${name} is gone`));
    else if (policyText(['', body]) !== policyText(['', before]))
      edits.push(edit(table, `masking policy ${name} was changed`));
  }
  for (const [name, before] of Object.entries(last.views)) {
    const view = actual.views.get(name);
    if (view === undefined) edits.push(edit(name, `view ${name} is gone`));
    else if (viewFingerprint(view) !== before) edits.push(edit(name, `view ${name} was changed`));
  }
  return edits;
}

/** Entries of the journal from before there were masks know nothing of them. */
function maskEdits(before: Partial<ActualColumn>, now: ActualColumn): readonly string[] {
  const edits: string[] = [];
  const { policy = null, tag = null } = before;
  if (policy !== now.policy) edits.push(now.policy === null ? 'lost its mask' : `is masked by ${now.policy}`);
  if (tag !== now.tag) edits.push(now.tag === null ? 'lost its tag' : `is tagged as ${now.tag}`);
  return edits;
}

function columnEdits(before: ActualColumn, now: ActualColumn): readonly string[] {
  const edits: string[] = [];
  if (before.sql !== now.sql) edits.push(`became ${now.sql}, it was ${before.sql}`);
  if (before.nullable !== now.nullable) edits.push(now.nullable ? 'lost its NOT NULL' : 'became NOT NULL');
  if (before.comment !== now.comment) edits.push('has another comment');
  return edits;
}
