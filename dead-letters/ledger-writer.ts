import { type LedgerEntry, ledgerRecord } from '#consumer/letter-status.ts';
import type { KnownLetter } from '#dead-letters/letter-book.ts';
import type { WriteDeps } from '#dead-letters/ports.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

/** The ledger's record that a letter is in a state from now on. What was decided of its attempts stays. */
export function entryOf(
  { id, attempts, parkAt }: Pick<KnownLetter, 'id' | 'attempts' | 'parkAt'>,
  state: LedgerEntry['state'],
  reason: string | null,
  { contract, run, now }: Pick<WriteDeps, 'contract' | 'run' | 'now'>,
): OutgoingRecord {
  const entry: LedgerEntry = {
    state,
    attempt: attempts,
    run,
    at: new Date(now()).toISOString(),
    reason,
    ...(parkAt === null ? {} : { parkAt }),
  };
  return ledgerRecord(id, entry, contract);
}
