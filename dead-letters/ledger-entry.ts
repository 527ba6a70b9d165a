import { z } from 'zod';
import { LETTER_STATES, type LedgerEntry } from '#consumer/letter-status.ts';

const ENTRY = z.object({
  state: z.enum(LETTER_STATES),
  attempt: z.int().nonnegative(),
  run: z.string().nullable().default(null),
  at: z.string(),
  reason: z.string().nullable().default(null),
  parkAt: z.int().positive().optional(),
});

/** The entry that a record of the ledger holds, or null if it holds something else. */
export function readEntry(value: Uint8Array): LedgerEntry | null {
  try {
    const { parkAt, ...entry } = ENTRY.parse(JSON.parse(Buffer.from(value).toString('utf8')));
    return parkAt === undefined ? entry : { ...entry, parkAt };
  } catch {
    return null;
  }
}
