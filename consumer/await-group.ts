import type { OffsetRange, TopicOffsets } from '#consumer/ports.ts';
import { reachEnds } from '#consumer/until-end.ts';

export interface AwaitDeps {
  readonly offsets: TopicOffsets;
  /** Monotonic milliseconds. */
  clock(): number;
  /** Resolves after a while, or rejects when the command is stopped. */
  pause(): Promise<void>;
}

const STANDS_STILL = Symbol('the group commits nothing more');

/**
 * Waits until a group has committed up to `ends` of a topic, for as long as it comes nearer: records that arrive while a
 * system runs are on their way, not lost.
 * @param patienceMs without any progress, after which the group stands still
 * @returns whether it came to the ends
 */
export async function awaitGroup(
  group: string,
  topic: string,
  ends: ReadonlyMap<number, OffsetRange>,
  patienceMs: number,
  { offsets, clock, pause }: AwaitDeps,
): Promise<boolean> {
  let furthest = -1n;
  let since = clock();
  const onProgress = ({ done }: { readonly done: bigint }): void => {
    if (done <= furthest) return;
    furthest = done;
    since = clock();
  };
  const pauseOrEnd = async (): Promise<void> => {
    if (clock() - since >= patienceMs) throw STANDS_STILL;
    await pause();
  };
  try {
    await reachEnds(group, [{ topic, ends }], { offsets, pause: pauseOrEnd, onProgress });
    return true;
  } catch (error) {
    if (error === STANDS_STILL) return false;
    throw error;
  }
}
