import type { AcceptedRecord, RecordSink, SinkRefusal } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { ZonerError } from '#core/errors.ts';
import { type Written, writeBisecting } from '#snowflake/bisect.ts';
import { type FlushSize, slices } from '#snowflake/flush-size.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import { hashesStatement, mergeStatement } from '#snowflake/merge.ts';
import type { Place } from '#snowflake/names.ts';
import { identityOf, type Row, rowOf } from '#snowflake/row.ts';
import { type Table, tableOf } from '#snowflake/table.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

export interface SinkOptions extends FlushSize {
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
  readonly result: PromiseWithResolvers<Written>;
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
      const rows = distinct(batch.flatMap((each) => each.rows));
      const written = await writeBisecting(rows, (part) => mergeRows(table, deps, part));
      for (const each of batch) each.result.resolve(written);
    } catch (error) {
      for (const { result } of batch) result.reject(error);
    }
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
    async write(records: readonly AcceptedRecord[], signal: AbortSignal) {
      signal.throwIfAborted();
      const loadedAt = new Date(deps.now()).toISOString();
      const refused: SinkRefusal[] = [];
      const rows = new Map<Row, AcceptedRecord>();
      for (const accepted of records) {
        const row = rowOf(table, contract.root, accepted, loadedAt);
        if ('reason' in row) refused.push({ accepted, code: 'VALUE_INVALID', reason: row.reason });
        else rows.set(row, accepted);
      }
      const parts = slices([...rows.keys()], deps.options).map((part) => {
        const each: Waiting = { rows: part, result: Promise.withResolvers<Written>() };
        waiting.push(each);
        return each;
      });
      if (!flushing && parts.length > 0) void run();
      const outcomes = await Promise.all(parts.map(({ result }) => result.promise));
      let present = 0;
      parts.forEach((part, index) => {
        const outcome = outcomes[index];
        for (const row of part.rows) {
          const reason = outcome?.refused.get(identityOf(row));
          const accepted = rows.get(row);
          if (reason !== undefined && accepted !== undefined)
            refused.push({ accepted, code: 'DATA_REFUSED', reason });
          else if (outcome?.present.has(identityOf(row))) present += 1;
        }
      });
      const inserted = records.length - refused.length - present;
      return { inserted, present, ...(refused.length > 0 ? { refused } : {}) };
    },
  };
}

/**
 * One MERGE, and what it found: as many identities as were there before. A MERGE tells only how many: the sum over all
 * callers is exact, and which of them they are counted for is not.
 */
async function mergeRows(table: Table, deps: SinkDeps, rows: readonly Row[]): Promise<ReadonlySet<string>> {
  const merge = mergeStatement(table, deps.place, rows);
  const { affected } = await deps.warehouse.execute(merge.sql, merge.binds);
  if (affected === rows.length) return new Set();
  await compareHashes(table, deps, rows);
  return new Set(rows.slice(0, rows.length - affected).map(identityOf));
}

/** Some rows were there already: that is a redelivery if their bytes are the same, and otherwise another topic. */
async function compareHashes(table: Table, deps: SinkDeps, rows: readonly Row[]): Promise<void> {
  const { sql, binds } = hashesStatement(table, deps.place, rows);
  const held = await deps.warehouse.execute(sql, binds);
  const hashes = new Map(
    held.rows.map(([topic, partition, offset, hash]) => [`${topic}/${partition}/${offset}`, hash]),
  );
  const other = rows.find((row) => (hashes.get(identityOf(row)) ?? row.sha256) !== row.sha256);
  if (other !== undefined) throw identityReused(other, `is in ${table.name} with other bytes`);
  const gone = rows.filter((row) => !hashes.has(identityOf(row)));
  if (gone.length > 0) {
    const message = `${gone.length} rows of ${table.name} were deleted while they were written`;
    throw new ZonerError('WAREHOUSE_UNAVAILABLE', message, { remedy: 'Nothing: they are written again.' });
  }
}

function identityReused(row: Row, what: string): ZonerError {
  const { topic, partition, offset } = row;
  return new ZonerError('IDENTITY_REUSED', `${identityOf(row)} ${what}`, {
    context: { topic, partition, offset: String(offset) },
  });
}

/** Each identity once: a flush may hold a record twice when a partition moved from one callback to another. */
function distinct(rows: readonly Row[]): readonly Row[] {
  const byIdentity = new Map<string, Row>();
  for (const row of rows) {
    const before = byIdentity.get(identityOf(row));
    if (before !== undefined && before.sha256 !== row.sha256)
      throw identityReused(row, 'came twice, with different bytes');
    if (before === undefined) byIdentity.set(identityOf(row), row);
  }
  return [...byIdentity.values()];
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
