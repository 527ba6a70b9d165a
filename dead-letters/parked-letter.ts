import { scan } from '#consumer/scan.ts';
import { topicNames } from '#contract/topic-names.ts';
import { readLetter } from '#dead-letters/letter.ts';
import type { ReadDeps } from '#dead-letters/ports.ts';
import type { Surveyed } from '#dead-letters/survey.ts';
import type { Watch } from '#dead-letters/watch.ts';

/**
 * The newest copy of a letter on the parked topic, which keeps it for ever: all that there is of it once the dead letter
 * topic has let it go. Null if it was never parked.
 */
export async function parkedLetter(id: string, watch: Watch, deps: ReadDeps): Promise<Surveyed | null> {
  const known = watch.book.of(id);
  if (known === null) return null;
  let newest: Surveyed | null = null;
  await scan(topicNames(deps.contract.topic).parked, deps, (record) => {
    const letter = readLetter(record);
    if (letter?.id !== id) return;
    if (newest === null || letter.attempts >= newest.letter.attempts) newest = { known, letter, record };
  });
  return newest;
}
