import type { ContractHistory } from '#snowflake/apply.ts';
import type { Note } from '#snowflake/change.ts';
import { inspect } from '#snowflake/inspect.ts';
import { inspectProtection } from '#snowflake/inspect-protection.ts';
import { JOURNAL_TABLE, NO_PAST, readPast } from '#snowflake/journal.ts';
import type { ActualState } from '#snowflake/live-state.ts';
import type { Place } from '#snowflake/names.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

/**
 * Whether masks are looked at: `required` by whoever deploys and owns them; `if-visible` by whoever watches, and may have a
 * role that does not see them; `unread` by whoever only writes rows.
 */
export type MaskReading = 'required' | 'if-visible' | 'unread';

export interface ReadState {
  readonly state: ActualState;
  /** `TABLE.COLUMN` of columns that were dropped on purpose. */
  readonly dropped: ReadonlySet<string>;
  /** The tables whose masks the state tells. */
  readonly masked: readonly string[];
  readonly notes: readonly Note[];
}

/**
 * What the warehouse has for these contracts. Masks are asked for only where a contract asks for them, or where the journal
 * says that they were set: accounts below the Enterprise Edition know none. Reads only.
 * @throws ZonerError as the warehouse
 */
export async function readState(
  warehouse: Warehouse,
  contracts: readonly ContractHistory[],
  place: Place,
  masks: MaskReading,
): Promise<ReadState> {
  const state = await inspect(warehouse, place);
  const past = state.tables.has(JOURNAL_TABLE) ? await readPast(warehouse, place) : NO_PAST;
  const { dropped } = past;
  const tables = contracts
    .filter(({ contract }) => contract.protection !== null || past.masked.has(contract.table))
    .map(({ contract }) => contract.table);
  if (masks === 'unread' || tables.length === 0) return { state, dropped, masked: [], notes: [] };
  const protectedState = await inspectProtection(warehouse, place, state, tables);
  const seen = protectedState.protection?.policies.size ?? 0;
  const set = tables.filter((table) => past.masked.has(table));
  if (masks === 'required' || seen > 0 || set.length === 0)
    return { state: protectedState, dropped, masked: tables, notes: [] };
  const text = `masks of ${set.join(', ')} were set, and this role sees no policy: they are not judged`;
  return { state, dropped, masked: [], notes: [{ object: set[0] ?? '', text, probe: null }] };
}
