import type { NamedSchema, Position, RecordSchema } from '#avro/model.ts';
import { namedTypesOf } from '#avro/named-types.ts';
import { neverReadable } from '#avro/never-readable.ts';
import { resolve } from '#avro/resolve.ts';
import { SAME } from '#check/diff/change.ts';
import { javascriptVerdict } from '#check/javascript.ts';
import { type BaselineVersion, type JudgedChange, judgeSubject } from '#check/judge-subject.ts';
import { rollOut } from '#check/roll-out.ts';
import { CHECK_RULES, isChangeRule, type Weight } from '#check/rules.ts';
import type { ContractVerdict, VerdictRow, WireDirection } from '#check/verdict.ts';
import { applyWaivers, type WaiverFinding } from '#check/waivers.ts';
import { NO_EFFECT, type WarehousePlan, warehouseEffect } from '#check/warehouse.ts';
import type { Contract } from '#contract/contract.ts';

/** What a contract is compared with: the versions of each subject, oldest first. */
export interface Baseline {
  /** In words, for the report. */
  readonly against: string;
  versionsOf(subject: string): readonly BaselineVersion[];
}

export interface JudgeOptions {
  /** ISO date, against which waivers run out. */
  readonly today: string;
  /** The environment that the roll-out is for; null for any. */
  readonly env: string | null;
  /** What the warehouse needs to go from these versions of the root to the contract. */
  planWarehouse(contract: Contract, history: readonly RecordSchema[]): WarehousePlan;
  /** Where a waiver stands in `contract.json`. */
  positionOfWaiver(contract: Contract, index: number): Position;
}

/** The verdict on one contract: pure, and the same for every kind of baseline. */
export function judgeContract(
  contract: Contract,
  baseline: Baseline,
  options: JudgeOptions,
): ContractVerdict {
  const { subject, compatibility: level, name } = contract;
  const versions = baseline.versionsOf(subject);
  const latest = versions.at(-1);
  const head = { contract: name, subject, level, versions: versions.length };
  const waive = (changes: readonly JudgedChange[]) =>
    applyWaivers(
      contract,
      changes.map((change) => ({ change, weight: weightOf(change) })),
      options.today,
      (index) => options.positionOfWaiver(contract, index),
    );
  const changes = changesOf(contract, baseline);
  const known = latest?.fingerprint === contract.fingerprint;
  if (changes.length === 0 && (latest === undefined || known)) {
    const rows = waive([]).findings.map(findingRow);
    if (known) return { ...head, state: 'unchanged', rows, statements: [], rollOut: [], notes: [] };
    const notes = [newNote(contract, baseline)];
    return {
      ...head,
      state: 'new',
      rows,
      statements: [],
      rollOut: rollOut(contract, [], options.env),
      notes,
    };
  }
  const history = versions.flatMap(({ schema }) =>
    schema.type === 'record' || schema.type === 'error' ? [schema] : [],
  );
  const plan = options.planWarehouse(contract, history);
  const { waivers, findings } = waive(changes);
  const judged = changes.map((change): VerdictRow => {
    const { rule, at, position, message, remedy, wire, typescript } = change;
    const forward = wire.forward.incompatibilities.map(({ type }) => type);
    return {
      rule,
      weight: weightOf(change),
      at,
      position,
      message,
      remedy,
      wire,
      javascript: javascriptVerdict(
        rule,
        forward,
        change.nodes.some((node) => 'fields' in node),
      ),
      typescript,
      warehouse: warehouseEffect(change, contract.table, plan),
      waiver: waivers.get(change) ?? null,
    };
  });
  const rows = [...readAtAll(judged, latest, contract), ...findings.map(findingRow)];
  const older = versions.findLast(({ fingerprint }) => fingerprint === contract.fingerprint);
  const notes = older === undefined ? [] : [`${older.label} is this schema already; later versions are not.`];
  const statements = plan.changes.map(({ sql }) => sql);
  const state = latest === undefined ? 'new' : 'changed';
  return { ...head, state, rows, statements, rollOut: rollOut(contract, judged, options.env), notes };
}

/** Where an old reader can read nothing at all, no value of the new schema is one that it knows. */
function readAtAll(
  rows: readonly VerdictRow[],
  latest: BaselineVersion | undefined,
  { root }: Contract,
): readonly VerdictRow[] {
  const some = rows.filter(
    ({ javascript }) => javascript.zoner === 'refuses records that hold the new value',
  );
  if (latest === undefined || some.length === 0) return rows;
  if (neverReadable(resolve(root, latest.schema)) === null) return rows;
  return rows.map((row) =>
    some.includes(row) ? { ...row, javascript: { ...row.javascript, zoner: 'refuses every record' } } : row,
  );
}

function newNote({ subject }: Contract, { against }: Baseline): string {
  return `${subject} is new: ${against} has no version of it, so there is nothing that it could break.`;
}

/** The root's changes, then those that only the subjects of the types that it refers to have. */
function changesOf(contract: Contract, baseline: Baseline): readonly JudgedChange[] {
  const named = new Map([...namedTypesOf(contract.root)].map((type) => [type.fullName, type]));
  const found = new Map<string, JudgedChange>();
  for (const { subject, fullName } of contract.types.toReversed()) {
    const schema: NamedSchema | undefined =
      subject === contract.subject ? contract.root : named.get(fullName);
    if (schema === undefined) continue;
    for (const change of judgeSubject(schema, baseline.versionsOf(subject), contract.compatibility)) {
      const key = `${change.rule} ${change.at}`;
      const known = found.get(key);
      found.set(
        key,
        known === undefined ? inside(change, subject === contract.subject) : worse(known, change),
      );
    }
  }
  return [...found.values()];
}

/** The fields of a type of its own are not those of the root: no column belongs to them. */
function inside(change: JudgedChange, isRoot: boolean): JudgedChange {
  return isRoot ? change : { ...change, rootField: null, nested: true };
}

/** A registry judges the type alone as well, and may refuse what the root lets pass. */
function worse(one: JudgedChange, other: JudgedChange): JudgedChange {
  const pick = (side: 'backward' | 'forward'): WireDirection =>
    one.wire[side].compatible ? other.wire[side] : one.wire[side];
  return { ...one, wire: { backward: pick('backward'), forward: pick('forward') } };
}

/** A broken promise is breaking whatever the rule; a promise that nobody asked for is not. */
export function weightOf({ rule, wire }: JudgedChange): Weight {
  const broken = [wire.backward, wire.forward].some(({ asked, compatible }) => asked && !compatible);
  if (broken) return 'breaking';
  return isChangeRule(rule) ? CHECK_RULES[rule].weight : 'warning';
}

const NOT_ASKED: WireDirection = { compatible: true, asked: false, brokenBy: null, incompatibilities: [] };

function findingRow({ rule, at, position, message, remedy }: WaiverFinding): VerdictRow {
  return {
    rule,
    weight: CHECK_RULES[rule].weight,
    at,
    position,
    message,
    remedy,
    wire: { backward: NOT_ASKED, forward: NOT_ASKED },
    javascript: { avsc: 'reads', zoner: 'reads' },
    typescript: SAME,
    warehouse: NO_EFFECT,
    waiver: null,
  };
}
