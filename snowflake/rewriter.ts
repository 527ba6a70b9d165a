import type { AcceptedRecord, RowRewriter, SinkRefusal } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { writeBisecting } from '#snowflake/bisect.ts';
import { type FlushSize, slices } from '#snowflake/flush-size.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import { hashesStatement, rewriteStatement } from '#snowflake/merge.ts';
import type { Place } from '#snowflake/names.ts';
import { identityOf, type Row, rowOf } from '#snowflake/row.ts';
import { tableOf } from '#snowflake/table.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

export interface RewriterDeps {
  readonly warehouse: Warehouse;
  readonly place: Place;
  readonly options: FlushSize;
}

/**
 * Writes rows anew that are there, one statement at a time: those of several partitions would only wait for the table's
 * lock. As in the sink, values that the warehouse refuses are found by halving.
 */
export function createRewriter(
  contract: Contract,
  { warehouse, place, options }: RewriterDeps,
  history: readonly SchemaVersion[] = [],
): RowRewriter {
  const table = tableOf(contract, history);
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  const update = async (rows: readonly Row[]): Promise<ReadonlySet<string>> => {
    const { sql, binds } = rewriteStatement(table, place, rows);
    await warehouse.execute(sql, binds);
    return new Set();
  };

  return {
    async hashes(origins) {
      const asked = new Set(origins.map(identityOf));
      const { sql, binds } = hashesStatement(table, place, origins);
      const { rows } = await warehouse.execute(sql, binds);
      const found = rows.map(([topic, number, offset, hash]): [string, string] => {
        return [`${topic}/${number}/${offset}`, hash ?? ''];
      });
      return new Map(found.filter(([identity]) => asked.has(identity)));
    },
    rewrite: (records) =>
      inTurn(async () => {
        const refused: SinkRefusal[] = [];
        const byIdentity = new Map<string, AcceptedRecord>();
        const rows: Row[] = [];
        for (const accepted of records) {
          // The time at which a row was written first is not written again.
          const row = rowOf(table, contract.root, accepted, NEVER);
          if ('reason' in row) refused.push({ accepted, code: 'VALUE_INVALID', reason: row.reason });
          else rows.push(row);
          byIdentity.set(identityOf(accepted.origin), accepted);
        }
        for (const part of slices(rows, options)) {
          for (const [identity, reason] of (await writeBisecting(part, update)).refused) {
            const accepted = byIdentity.get(identity);
            if (accepted !== undefined) refused.push({ accepted, code: 'DATA_REFUSED', reason });
          }
        }
        return refused;
      }),
  };
}

const NEVER = new Date(0).toISOString();
