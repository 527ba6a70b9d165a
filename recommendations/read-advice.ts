import { type Advice, advise } from '#recommendations/advice/advise.ts';
import { packCheckpoint, unpackCheckpoint } from '#recommendations/advice/checkpoint.ts';
import type { Known, PersonStore } from '#recommendations/store.ts';

/** What advice is computed from. */
export type Asked = Pick<Known, 'history' | 'checkpoint'>;

export interface Computed {
  readonly advice: Advice;
  /** To keep for the next read; null if there is nothing to keep. */
  readonly checkpoint: string | null;
}

/** Computes advice at an instant (milliseconds since 1970), here or elsewhere. */
export type ComputeAdvice = (asked: Asked, now: number) => Computed | Promise<Computed>;

/** Computes it here. A journey that is planned for the first time takes up to two seconds of a processor. */
export function computeAdvice({ history, checkpoint }: Asked, now: number): Computed {
  const known = checkpoint === null ? null : unpackCheckpoint(checkpoint);
  const { advice, checkpoint: next } = advise(history, now, known);
  return { advice, checkpoint: next === null ? null : packCheckpoint(next) };
}

/** A person's advice at an instant, computed on reading; what it took is kept for the next read. */
export type ReadAdvice = (userId: string, now: number) => Promise<Advice>;

/** Who asks for a person while the advice from the same version of what is known is being computed gets that one. */
export function createReadAdvice(
  store: Pick<PersonStore, 'read' | 'checkpoint'>,
  compute: ComputeAdvice = computeAdvice,
): ReadAdvice {
  const underWay = new Map<string, Promise<Advice>>();
  return async (userId, now) => {
    const known = await store.read(userId);
    const key = `${known.version} ${userId}`;
    const begun = underWay.get(key);
    if (begun !== undefined) return begun;
    const reading = (async () => {
      const { advice, checkpoint } = await compute(known, now);
      if (checkpoint !== null) await store.checkpoint(userId, known.version, checkpoint);
      return advice;
    })();
    underWay.set(key, reading);
    return reading.finally(() => underWay.delete(key));
  };
}
