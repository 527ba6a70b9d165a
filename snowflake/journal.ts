import type { DeployPlan } from '#snowflake/deploy-plan.ts';
import type { ActualColumn } from '#snowflake/live-state.ts';
import { type Place, qualified } from '#snowflake/names.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/** Each statement of each apply, written before it runs and again after it. */
export const JOURNAL_TABLE = 'ZONER_JOURNAL';

const COLUMNS = `"RUN" VARCHAR NOT NULL, "PLAN" VARCHAR NOT NULL, "LIVE" VARCHAR NOT NULL, "STEP" NUMBER(10,0) NOT NULL,
  "KIND" VARCHAR NOT NULL, "OBJECT" VARCHAR NOT NULL, "STATEMENT" VARCHAR NOT NULL, "STATE" VARCHAR NOT NULL,
  "ERROR" VARCHAR, "DETAIL" VARCHAR, "AT" TIMESTAMP_TZ, "ZONER" VARCHAR NOT NULL`;

/** What a table was when it was deployed last, and from which versions. */
export interface Deployed {
  /** Fingerprints of the versions that it was folded from, oldest first. */
  readonly versions: readonly string[];
  readonly columns: readonly ActualColumn[];
  /** The fingerprint of each view. */
  readonly views: Readonly<Record<string, string>>;
  /** The body of each masking policy of the table; earlier entries do not have it. */
  readonly policies?: Readonly<Record<string, string>>;
}

export interface Journal {
  /** Makes the table if it is missing. */
  open(): Promise<void>;
  /** Writes down what is about to run. */
  begin(plan: DeployPlan, from: number): Promise<void>;
  mark(step: number, state: 'running' | 'done' | 'failed', error?: string): Promise<void>;
  /** Writes down what a table has become. */
  deployed(plan: DeployPlan, table: string, what: Deployed): Promise<void>;
}

export function createJournal(warehouse: Warehouse, place: Place, run: string, version: string): Journal {
  const table = qualified(place, JOURNAL_TABLE);
  const insert = (rows: number): string =>
    `INSERT INTO ${table} ("RUN", "PLAN", "LIVE", "STEP", "KIND", "OBJECT", "STATEMENT", "STATE", "DETAIL", "ZONER") VALUES ${Array(rows).fill('(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`;
  return {
    async open() {
      await warehouse.execute(
        `CREATE TABLE IF NOT EXISTS ${table} (${COLUMNS}) COMMENT = 'Statements that zoner snowflake apply has run.'`,
      );
    },
    async begin({ plan, live, steps }, from) {
      const rows = steps.slice(from).map(({ kind, object, sql }, index) => {
        return [run, plan, live, String(from + index), kind, object, sql, 'planned', '', version];
      });
      if (rows.length > 0) await warehouse.execute(insert(rows.length), rows.flat());
    },
    async mark(step, state, error) {
      await warehouse.execute(
        `UPDATE ${table} SET "STATE" = ?, "ERROR" = NULLIF(?, ''), "AT" = CURRENT_TIMESTAMP() WHERE "RUN" = ? AND "STEP" = ?::NUMBER(10,0)`,
        [state, error ?? '', run, String(step)],
      );
    },
    async deployed({ plan, live }, name, what) {
      const row = [run, plan, live, '-1', 'deployed', name, '', 'done', JSON.stringify(what), version];
      await warehouse.execute(insert(1), row);
      await this.mark(-1, 'done');
    },
  };
}

/** The newest entry of each table. */
export async function readDeployed(
  warehouse: Warehouse,
  place: Place,
): Promise<ReadonlyMap<string, Deployed>> {
  const { rows } = await warehouse.execute(
    `SELECT "OBJECT", "DETAIL" FROM ${qualified(place, JOURNAL_TABLE)} WHERE "KIND" = 'deployed'
QUALIFY ROW_NUMBER() OVER (PARTITION BY "OBJECT" ORDER BY "AT" DESC) = 1`,
  );
  return new Map(rows.map(([name, detail]) => [name ?? '', JSON.parse(detail ?? '{}') as Deployed]));
}

/** What was done on purpose, and is not to be taken for a gap. */
export interface Past {
  /** `TABLE.COLUMN` of columns that were dropped. */
  readonly dropped: ReadonlySet<string>;
  /** Tables with a column that was masked and not unmasked since. */
  readonly masked: ReadonlySet<string>;
}

export const NO_PAST: Past = { dropped: new Set(), masked: new Set() };

export async function readPast(warehouse: Warehouse, place: Place): Promise<Past> {
  const { rows } = await warehouse.execute(
    `SELECT "KIND", "OBJECT" FROM ${qualified(place, JOURNAL_TABLE)} WHERE "KIND" IN ('drop-column', 'mask-column', 'unmask-column') AND "STATE" = 'done'
QUALIFY ROW_NUMBER() OVER (PARTITION BY "OBJECT", IFF("KIND" = 'drop-column', 0, 1) ORDER BY "AT" DESC) = 1 ORDER BY "OBJECT"`,
  );
  const of = (kind: string): readonly string[] =>
    rows.filter(([each]) => each === kind).map(([, object]) => object ?? '');
  return {
    dropped: new Set(of('drop-column')),
    masked: new Set(of('mask-column').map((object) => object.split('.')[0] ?? '')),
  };
}
