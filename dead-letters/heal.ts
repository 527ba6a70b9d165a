import { entryOf } from '#dead-letters/ledger-writer.ts';
import type { KnownLetter } from '#dead-letters/letter-book.ts';
import type { WriteDeps } from '#dead-letters/ports.ts';

const AT_ONCE = 1000;

/**
 * Enters RESOLVED into the ledger for letters whose records are rows. The consumer does so after each row of a replayed
 * record; a crash in between, or a consumer that read the source again with a newer contract, leaves the word out.
 * @throws ZonerError KAFKA_UNAVAILABLE, TOPIC_MISSING
 */
export async function healLetters(
  letters: readonly KnownLetter[],
  deps: Pick<WriteDeps, 'contract' | 'run' | 'now' | 'producer'>,
): Promise<void> {
  for (let at = 0; at < letters.length; at += AT_ONCE) {
    const part = letters.slice(at, at + AT_ONCE);
    await deps.producer.send(part.map((known) => entryOf(known, 'RESOLVED', 'found in the table', deps)));
  }
}
