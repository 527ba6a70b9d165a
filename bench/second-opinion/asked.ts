import { isZonerError } from '#core/errors.ts';
import { inspect } from '#snowflake/inspect.ts';
import type { ActualState } from '#snowflake/live-state.ts';
import type { Place } from '#snowflake/names.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

export type Outcome =
  | { readonly kind: 'accepted'; readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly kind: 'refused'; readonly code: string; readonly says: string };

/** A statement that Zoner emits, with what the local Snowflake answered. */
export interface Asked {
  readonly sql: string;
  readonly binds: readonly string[];
  readonly outcome: Outcome;
  /** The tables and views just before it; null for a statement that names no columns of them. */
  readonly before: ActualState | null;
}

/** Statements that build on one another, in a database of their own. */
export interface Script {
  /** What it is about: `golden decimal`, `evolution int to long`, `contract …`. */
  readonly name: string;
  readonly place: Place;
  readonly asked: readonly Asked[];
}

const READS_COLUMNS = /^\s*(?:SELECT|MERGE|INSERT|UPDATE|DELETE|CREATE (?:OR REPLACE )?VIEW)\b/;

/** A warehouse that hands everything on and writes down what was asked and answered. */
export function recording(
  warehouse: Warehouse,
  place: Place,
): { readonly warehouse: Warehouse; readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  let state: ActualState | null = null;
  return {
    asked,
    warehouse: {
      ...warehouse,
      async execute(sql, binds = []) {
        const reads = READS_COLUMNS.test(sql);
        if (reads) state ??= await inspect(warehouse, place);
        const before = reads ? state : null;
        if (!/^\s*(?:SELECT|MERGE|INSERT|UPDATE|DELETE)\b/.test(sql)) state = null;
        try {
          const result = await warehouse.execute(sql, binds);
          asked.push({ sql, binds, before, outcome: { kind: 'accepted', rows: result.rows } });
          return result;
        } catch (error) {
          if (isZonerError(error) && typeof error.context.snowflake === 'string')
            asked.push({
              sql,
              binds,
              before,
              outcome: { kind: 'refused', code: error.context.snowflake, says: error.message },
            });
          throw error;
        }
      },
    },
  };
}
