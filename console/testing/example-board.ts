import { parseSchema } from '#avro/parse.ts';
import type { Board, RowsByTable, TablePlan } from '#console/board.ts';
import type { ContractSchemas } from '#console/contract-versions.ts';
import { FlowHistory, MINUTES, minuteOf, startOf } from '#console/flow.ts';
import type { Flows } from '#console/flow-watch.ts';
import type { Look } from '#console/section.ts';
import type { ContractLetters, Letters } from '#console/survey-letters.ts';
import type { Contract } from '#contract/contract.ts';
import { exampleContract } from '#contract/example-contract.ts';
import type { Cause } from '#dead-letters/causes.ts';
import { LetterBook } from '#dead-letters/letter-book.ts';

/** A board for tests and pictures: `orders` has all that a page can show, the others are quiet. */
export interface ExampleBoard extends Board {
  /** What this section answers from now on. */
  set(part: Partial<Parts>): void;
  /** Time passes. */
  pass(milliseconds: number): void;
}

interface Parts {
  readonly flows: Look<Flows>;
  readonly rows: Look<RowsByTable> | null;
  readonly letters: Look<Letters>;
  readonly schemas: Look<ReadonlyMap<string, ContractSchemas>>;
  readonly plan: Look<TablePlan> | null;
}

export const EXAMPLE_NOW = Date.parse('2026-03-02T12:00:30Z');
const SCHEMA = `{ "type": "record", "name": "Order", "doc": "What somebody bought.", "fields": [
  { "name": "user", "type": "string", "pii": true }, { "name": "minutes", "type": "int" } ] }`;

export function exampleBoard(contracts = 3): ExampleBoard {
  const all = Array.from({ length: contracts }, (_, index) =>
    contractNamed(index === 0 ? 'orders' : `quiet-${String(index).padStart(2, '0')}`),
  );
  let version = 1;
  let now = EXAMPLE_NOW;
  let parts: Parts = {
    flows: known(new Map(all.map(({ name }, index) => [name, flowOf(index)]))),
    rows: known(new Map(all.map(({ table }, index) => [table, rowsOf(index)]))),
    letters: known(new Map(all.map(({ name }, index) => [name, index === 0 ? LETTERS : NO_LETTERS]))),
    schemas: known(new Map(all.map(({ name }, index) => [name, index === 0 ? SCHEMAS : ONE_VERSION]))),
    plan: known(PLAN),
  };
  return {
    contracts: all,
    get version() {
      return version;
    },
    get now() {
      return now;
    },
    look: () => {},
    flows: () => parts.flows,
    rows: () => parts.rows,
    letters: () => parts.letters,
    schemas: () => parts.schemas,
    plan: () => parts.plan,
    watch: () => ({ close: async () => {} }),
    set(part) {
      version += 1;
      parts = { ...parts, ...part };
    },
    pass(milliseconds) {
      now += milliseconds;
    },
  };
}

export function known<Value>(value: Value): Look<Value> {
  return { value, at: EXAMPLE_NOW - 4000, trouble: null };
}

function contractNamed(name: string): Contract {
  const topic = name.replaceAll('-', '_');
  return {
    ...exampleContract(SCHEMA),
    name,
    topic,
    table: topic.toUpperCase(),
    subject: `${topic}-value`,
    owner: 'shop',
  };
}

/** A day's wave with a burst, the same every time. */
const wave = (minute: number): number =>
  Math.round(180 + 90 * Math.sin(minute / 9) + (minute % 7) * 6 + (minute > 38 && minute < 44 ? 420 : 0));

function flowOf(index: number) {
  const history = new FlowHistory();
  const last = minuteOf(EXAMPLE_NOW);
  let [produced, letters, lag] = [0, 0, 0];
  const scale = index === 0 ? 1 : 1 / (4 + (index % 9));
  for (let minute = 0; minute <= MINUTES; minute += 1) {
    produced += Math.round(wave(minute) * scale);
    letters += index === 0 && minute > 38 && minute < 44 ? 82 : 0;
    lag = minute > 38 && minute < 50 ? Math.round(Math.max(0, 900 - (minute - 41) ** 2 * 14) * scale) : 0;
    const sample = { produced: BigInt(produced), letters: BigInt(letters), lag: BigInt(lag), flood: null };
    history.enter(startOf(last - MINUTES + minute) + 1000, sample);
  }
  const latest = { produced: BigInt(produced), letters: BigInt(letters), lag: BigInt(lag), flood: null };
  return { history, latest };
}

function rowsOf(index: number): ReadonlyMap<number, number> {
  const first = minuteOf(EXAMPLE_NOW) - MINUTES;
  const scale = index === 0 ? 1 : 1 / (4 + (index % 9));
  return new Map(
    Array.from({ length: MINUTES + 1 }, (_, minute) => {
      const isBehind = minute > 38 && minute < 44;
      return [first + minute, Math.round(wave(minute) * scale * (isBehind ? 0.55 : 1))];
    }),
  );
}

const CAUSE: Cause = {
  cause: 'WRITER_INCOMPATIBLE:9:Order.lines',
  code: 'WRITER_INCOMPATIBLE',
  schemaId: 9,
  place: 'Order.lines',
  count: 412,
  decodable: 411,
  firstFailedAt: BigInt(EXAMPLE_NOW - 21 * 60_000),
  lastFailedAt: BigInt(EXAMPLE_NOW - 17 * 60_000),
  sample: { id: 'c1/orders/1/1042', reason: 'Order.lines: a branch that this contract does not have' },
  stillFails: { code: 'VALUE_INVALID', reason: 'Order.minutes: more digits than the column has' },
};
const OTHER_CAUSE: Cause = {
  ...CAUSE,
  cause: 'NO_FRAME:-',
  code: 'NO_FRAME',
  schemaId: null,
  place: null,
  count: 3,
  decodable: 0,
  sample: { id: 'c1/orders/0/7', reason: '12 bytes without a Confluent frame' },
  stillFails: { code: 'NO_FRAME', reason: '12 bytes without a Confluent frame' },
};
const BOOK = new LetterBook({
  deadLetters: 'orders-dlt',
  status: 'orders-dlt-status',
  retry: 'orders-retry',
});
const NONE = { open: 0, waiting: 0, resolved: 0, parked: 0, discarded: 0 };
const NO_LETTERS: ContractLetters = {
  ends: '',
  provedAt: EXAMPLE_NOW,
  states: NONE,
  causes: [],
  expiring: 0,
  book: BOOK,
  erased: null,
};
const LETTERS: ContractLetters = {
  ...NO_LETTERS,
  states: { ...NONE, open: 415, resolved: 58, parked: 2 },
  causes: [CAUSE, OTHER_CAUSE],
};
const ONE_VERSION: ContractSchemas = {
  level: 'BACKWARD',
  versions: [{ version: 1, schemaId: 2, changes: [] }],
  pending: [],
};
const SCHEMAS: ContractSchemas = {
  level: 'BACKWARD',
  versions: [
    {
      version: 2,
      schemaId: 9,
      changes: [
        {
          rule: 'FIELD_ADDED',
          at: 'Order.lines',
          message: 'A field with a default was added.',
          weight: 'fine',
        },
        { rule: 'DOC_CHANGED', at: 'Order', message: 'Documentation changed.', weight: 'fine' },
      ],
    },
    { version: 1, schemaId: 2, changes: [] },
  ],
  pending: [],
};
const PLAN: TablePlan = {
  steps: [
    {
      class: 'safe',
      object: 'ORDERS',
      description: 'ORDERS: add column LINES VARIANT',
      reason: 'version 2 has the field lines',
      sql: 'ALTER TABLE "ZONER_DB"."PUBLIC"."ORDERS" ADD COLUMN "LINES" VARIANT',
      rows: null,
    },
  ],
  refusals: [],
};

/** The root schema of each contract here. */
export const EXAMPLE_SCHEMA = parseSchema(SCHEMA);
