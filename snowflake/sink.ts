import type { AcceptedRecord, RecordSink, WriteResult } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { ZonerError } from '#core/errors.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import { hashesStatement, mergeStatement } from '#snowflake/merge.ts';
import type { Place } from '#snowflake/names.ts';
import { type Row, rowOf } from '#snowflake/row.ts';
import { tableOf } from '#snowflake/table.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

export interface SinkOptions {
  /** A flush holds at most so many rows … */
  readonly maxRows: number;
  /** … and so many characters of JSON (Snowflake takes up to 16 MB of text). */
  readonly maxCharacters: number;
  /** How long the first row waits for company from other partitions. */
  readonly lingerMs: number;
}

export const SINK_DEFAULTS: SinkOptions = { maxRows: 5000, maxCharacters: 8_000_000, lingerMs: 25 };

export interface SinkDeps {
  readonly warehouse: Warehouse;
  readonly place: Place;
  readonly options: SinkOptions;
  /** Milliseconds since 1970. */
  now(): number;
  pause(ms: number): Promise<void>;
}

interface Waiting {
  readonly rows: readonly Row[];
  readonly result: PromiseWithResolvers<WriteResult>;
}

/**
 * One sink a table. Callbacks of several partitions hand it their rows; it writes them together, one MERGE at a time,
 * and each callback goes on when its own rows are durable. Statements on one table would only wait for its lock.
 */
export function createSink(
  contract: Contract,
  deps: SinkDeps,
  history: readonly SchemaVersion[] = [],
): RecordSink {
  const table = tableOf(contract, history);
  let waiting: Waiting[] = [];
  let flushing = false;

  const flush = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const written = await write(batch.flatMap(({ rows }) => rows));
      for (const { rows, result } of batch) result.resolve(shareOf(rows, written));
    } catch (error) {
      for (const { result } of batch) result.reject(error);
    }
  };

  /**
   * Writes rows, and gives as many identities as were there before. A MERGE tells only how many: the sum over all callers
   * is exact, and which of them they are counted for is not.
   */
  const write = async (rows: readonly Row[]): Promise<ReadonlySet<string>> => {
    const distinct = new Set(rows.map(identityOf)).size;
    const merge = mergeStatement(table, deps.place, rows);
    const { affected } = await deps.warehouse.execute(merge.sql, merge.binds);
    if (affected === distinct) return new Set();
    return presentBefore(rows, distinct - affected);
  };

  /** Some rows were there already: that is a redelivery if their bytes are the same, and otherwise another topic. */
  const presentBefore = async (rows: readonly Row[], count: number): Promise<ReadonlySet<string>> => {
    const { sql, binds } = hashesStatement(table, deps.place, rows);
    const held = await deps.warehouse.execute(sql, binds);
    const hashes = new Map(
      held.rows.map(([topic, partition, offset, hash]) => [`${topic}/${partition}/${offset}`, hash]),
    );
    const other = rows.find((row) => hashes.get(identityOf(row)) !== row.sha256);
    if (other !== undefined) {
      const { topic, partition, offset } = other;
      throw new ZonerError(
        'IDENTITY_REUSED',
        `${topic}/${partition}/${offset} is in ${table.name} with other bytes`,
        {
          context: { topic, partition, offset: String(offset), table: table.name },
        },
      );
    }
    return new Set(rows.slice(0, count).map(identityOf));
  };

  const run = async (): Promise<void> => {
    flushing = true;
    await deps.pause(deps.options.lingerMs);
    while (waiting.length > 0) {
      const { taken, rest } = take(waiting, deps.options);
      waiting = rest;
      await flush(taken);
    }
    flushing = false;
  };

  return {
    async write(records: readonly AcceptedRecord[]) {
      const loadedAt = new Date(deps.now()).toISOString();
      const rows = records.map((record) => rowOf(contract.root, record, loadedAt));
      let result: WriteResult = { inserted: 0, present: 0 };
      const parts = slices(rows, deps.options).map((part) => {
        const each: Waiting = { rows: part, result: Promise.withResolvers<WriteResult>() };
        waiting.push(each);
        return each.result.promise;
      });
      if (!flushing) void run();
      for (const { inserted, present } of await Promise.all(parts)) {
        result = { inserted: result.inserted + inserted, present: result.present + present };
      }
      return result;
    },
  };
}

function identityOf({ topic, partition, offset }: Row): string {
  return `${topic}/${partition}/${offset}`;
}

function shareOf(rows: readonly Row[], before: ReadonlySet<string>): WriteResult {
  const present = rows.filter((row) => before.has(identityOf(row))).length;
  return { inserted: rows.length - present, present };
}

/** As many of those waiting as fit one flush, at least one. */
function take(waiting: readonly Waiting[], options: SinkOptions): { taken: Waiting[]; rest: Waiting[] } {
  let rows = 0;
  let characters = 0;
  let count = 0;
  for (const each of waiting) {
    rows += each.rows.length;
    characters += each.rows.reduce((sum, { json }) => sum + json.length, 0);
    if (count > 0 && (rows > options.maxRows || characters > options.maxCharacters)) break;
    count += 1;
  }
  return { taken: waiting.slice(0, count), rest: waiting.slice(count) };
}

/** Cuts one caller's rows into parts that fit a flush. */
function slices(rows: readonly Row[], { maxRows, maxCharacters }: SinkOptions): readonly (readonly Row[])[] {
  const parts: Row[][] = [];
  let characters = 0;
  for (const row of rows) {
    const part = parts.at(-1);
    characters += row.json.length;
    if (part === undefined || part.length >= maxRows || characters > maxCharacters) {
      parts.push([row]);
      characters = row.json.length;
    } else part.push(row);
  }
  return parts;
}
