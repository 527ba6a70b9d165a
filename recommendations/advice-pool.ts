import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { ZonerError } from '#core/errors.ts';
import type { ComputeAdvice, Computed } from '#recommendations/read-advice.ts';

export interface AdvicePoolLimits {
  readonly threads: number;
  /** Computations that may wait for a thread. */
  readonly mostWaiting: number;
  /** How long one may take, with its wait. The thread of one that takes longer is ended. */
  readonly deadlineMs: number;
}

export interface AdvicePool {
  /** @throws ZonerError OVERLOADED if too many wait, or this one has waited for too long */
  readonly compute: ComputeAdvice;
  close(): Promise<void>;
}

const THREAD = fileURLToPath(new URL('./advice-thread.ts', import.meta.url));
const LIMITS: AdvicePoolLimits = {
  threads: Math.max(1, availableParallelism() - 1),
  mostWaiting: 256,
  deadlineMs: 15_000,
};
const IDLE_MS = 60_000;

/** Computes advice on threads of its own, so that a server goes on answering while a journey is planned. */
export function createAdvicePool(limits: AdvicePoolLimits = LIMITS): AdvicePool {
  const pool = new Piscina<unknown, Computed>({
    filename: THREAD,
    name: 'compute',
    minThreads: 1,
    maxThreads: limits.threads,
    idleTimeout: IDLE_MS,
  });
  return {
    async compute({ history, checkpoint }, now) {
      if (pool.queueSize >= limits.mostWaiting)
        throw new ZonerError('OVERLOADED', 'too many people wait for their advice');
      const signal = AbortSignal.timeout(limits.deadlineMs);
      try {
        return await pool.run({ asked: { history, checkpoint }, now }, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
        throw new ZonerError('OVERLOADED', 'the advice was not computed in time', { cause: error });
      }
    },
    close: () => pool.close(),
  };
}
