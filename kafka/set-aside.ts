import { createSlots } from '#kafka/slots.ts';

/** Waits for work as long as it is short; what takes long is set aside, so that whoever waits can go on with the rest. */
export interface Patience {
  /**
   * Resolves when the work is done, or once it is set aside; rejects with it while it is waited for.
   * @param setAside called with the end of the work, which never rejects
   */
  waitFor(work: Promise<void>, setAside: (end: Promise<void>) => void): Promise<void>;
}

/**
 * @param patienceMs how long a piece of work is waited for
 * @param most so many may be aside at once: what they hold stays in memory. With more, the next is waited for.
 */
export function createPatience(patienceMs: number, most: number): Patience {
  const slots = createSlots(most);
  return {
    async waitFor(work, setAside) {
      if (await settlesWithin(work, patienceMs)) return await work;
      const slot = slots.take();
      const end = work.catch(() => undefined);
      void Promise.all([slot, end]).then(([release]) => release());
      const isOver = await Promise.race([work.then(() => true), slot.then(() => false)]);
      if (!isOver) setAside(end);
    },
  };
}

async function settlesWithin(work: Promise<void>, ms: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), ms);
  const settled = work.then(
    () => true as const,
    () => true as const,
  );
  return await Promise.race([settled, late.promise]).finally(() => clearTimeout(timer));
}
