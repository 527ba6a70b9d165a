import { type ContractSchemas, contractVersions, type RegistryState } from '#console/contract-versions.ts';
import { MINUTES, minuteOf, startOf } from '#console/flow.ts';
import { createFlowWatch, type Flows, type LogOffsets } from '#console/flow-watch.ts';
import { createSection, type Look, type Section, type SectionDeps } from '#console/section.ts';
import { type Letters, type ProvableContract, surveyLetters } from '#console/survey-letters.ts';
import type { Contract } from '#contract/contract.ts';
import type { RegistryLock } from '#contract/lock/lock.ts';

/** One statement that `zoner snowflake apply` would run. */
export interface PlanStep {
  readonly class: 'safe' | 'needs-data' | 'destructive';
  readonly object: string;
  readonly description: string;
  readonly reason: string;
  readonly sql: string;
  readonly rows: string | null;
}

export interface PlanRefusal {
  readonly object: string;
  readonly reason: string;
  readonly wayOut: string;
}

export interface TablePlan {
  readonly steps: readonly PlanStep[];
  readonly refusals: readonly PlanRefusal[];
}

export type RowsByTable = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** What the console reads, each from the system that knows it. Nothing here writes. */
export interface BoardDeps {
  readonly contracts: readonly Contract[];
  readonly group: string;
  readonly offsets: LogOffsets;
  readonly provable: readonly ProvableContract[];
  readLock(): Promise<RegistryLock>;
  readRegistry(): Promise<RegistryState>;
  /** Null: no warehouse is set. */
  readonly warehouse: {
    /** Rows by table and minute, counted by the warehouse. @param since milliseconds since 1970 */
    rowsByMinute(since: number): Promise<RowsByTable>;
    plan(): Promise<TablePlan>;
  } | null;
  /** Milliseconds since 1970. */
  now(): number;
  onDefect(error: unknown): void;
}

/** Everything that the pages show, at once: what is read from elsewhere is read in the background. */
export interface Board {
  readonly contracts: readonly Contract[];
  /** Grows with each reading of anything. */
  readonly version: number;
  readonly now: number;
  flows(): Look<Flows>;
  rows(): Look<RowsByTable> | null;
  letters(): Look<Letters>;
  schemas(): Look<ReadonlyMap<string, ContractSchemas>>;
  plan(): Look<TablePlan> | null;
  /** Somebody looks at all of it: what is too old is read anew. */
  look(): void;
  /** Samples the broker now and again until it is closed, so that the lag of the last hour is known. */
  watch(): { close(): Promise<void> };
}

/** How old a section may be before somebody who looks at it has it read anew. */
const EVERY = {
  flows: 5000,
  /** A statement wakes a warehouse that sleeps, and is paid for by the minute. */
  rows: 60_000,
  letters: 15_000,
  schemas: 60_000,
  plan: 120_000,
} as const;
const SAMPLE_MS = 15_000;

export function createBoard(deps: BoardDeps): Board {
  let version = 0;
  const sectionDeps: SectionDeps = {
    now: deps.now,
    onRead: () => {
      version += 1;
    },
    onDefect: deps.onDefect,
  };
  const section = <Value>(name: keyof typeof EVERY, read: (before: Value | null) => Promise<Value>) =>
    createSection(EVERY[name], read, sectionDeps);
  const flow = createFlowWatch(deps);
  const flows = section('flows', () => flow.sample());
  const letters = section<Letters>('letters', (before) =>
    surveyLetters({ contracts: deps.provable, now: deps.now }, before),
  );
  const schemas = section('schemas', async () =>
    contractVersions(deps.contracts, await deps.readLock(), await deps.readRegistry()),
  );
  const { warehouse } = deps;
  const rows =
    warehouse === null
      ? null
      : section('rows', () => warehouse.rowsByMinute(startOf(minuteOf(deps.now()) - MINUTES)));
  const plan = warehouse === null ? null : section('plan', () => warehouse.plan());
  return {
    contracts: deps.contracts,
    get version() {
      return version;
    },
    get now() {
      return deps.now();
    },
    flows: () => flows.look(),
    rows: () => rows?.look() ?? null,
    letters: () => letters.look(),
    schemas: () => schemas.look(),
    plan: () => plan?.look() ?? null,
    look() {
      for (const each of [flows, rows, letters, schemas, plan]) each?.look();
    },
    watch: () => keepSampling(flows, flow.readPast, sectionDeps),
  };
}

function keepSampling(
  flows: Section<Flows>,
  readPast: () => Promise<void>,
  { onRead, onDefect }: SectionDeps,
) {
  let knowsPast = false;
  let running: Promise<void> = Promise.resolve();
  const sample = async (): Promise<void> => {
    flows.look();
    await flows.settled();
    if (knowsPast || flows.look().trouble !== null) return;
    knowsPast = true;
    try {
      await readPast();
      onRead();
    } catch {
      // The broker went away in between: asked again with the next sample, and the section says what is wrong.
      knowsPast = false;
    }
  };
  let isClosed = false;
  const turn = (): void => {
    running = running.then(() => (isClosed ? undefined : sample())).catch(onDefect);
  };
  turn();
  const timer = setInterval(turn, SAMPLE_MS);
  return {
    async close() {
      isClosed = true;
      clearInterval(timer);
      await running;
    },
  };
}
