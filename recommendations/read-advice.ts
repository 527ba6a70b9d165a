import { type Advice, advise } from '#recommendations/advice/advise.ts';
import { packCheckpoint, unpackCheckpoint } from '#recommendations/advice/checkpoint.ts';
import type { PersonStore } from '#recommendations/store.ts';

/** A person's advice at an instant (milliseconds since 1970), computed on reading; what it took is kept for the next read. */
export async function readAdvice(
  store: Pick<PersonStore, 'read' | 'checkpoint'>,
  userId: string,
  now: number,
): Promise<Advice> {
  const { history, version, checkpoint } = await store.read(userId);
  const known = checkpoint === null ? null : unpackCheckpoint(checkpoint);
  const { advice, checkpoint: next } = advise(history, now, known);
  if (next !== null) await store.checkpoint(userId, version, packCheckpoint(next));
  return advice;
}
