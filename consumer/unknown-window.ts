import { LARGEST_GIVEN_ID } from '#avro/frame.ts';
import type { WriterSchema, WriterSchemas } from '#consumer/ports.ts';

export interface WindowOptions {
  /** How long ids that the registry does not know are asked for again. */
  readonly windowMs: number;
  /** How long a partition has to wait for its next window. */
  readonly everyMs: number;
  readonly pollMs: number;
  /** Monotonic milliseconds. */
  now(): number;
  /** Rejects when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** A replica of the registry may lag by seconds; a producer that invents ids may write as many as there are records. */
export const WINDOW_DEFAULTS = { windowMs: 60_000, everyMs: 600_000, pollMs: 1000 } as const;

type LookUp = () => ReturnType<WriterSchemas['lookUp']>;

/**
 * Gives ids that the registry does not know a second chance: all those of a batch together, in one window, and one window
 * a partition in ten minutes. Outside it they stay unknown at once, so that garbage cannot stop a partition.
 */
export function createUnknownWindow(options: WindowOptions) {
  const openedAt = new Map<string, number>();
  return {
    /** The answers of `lookUp`, asked again until all ids are known or the window of this partition closes. */
    async settle(
      partition: string,
      lookUp: LookUp,
      signal: AbortSignal,
    ): Promise<ReadonlyMap<number, WriterSchema>> {
      let answers = await lookUp();
      if (!hasUnknown(answers)) return answers;
      const begun = options.now();
      const last = openedAt.get(partition);
      if (last !== undefined && begun - last < options.everyMs) return answers;
      openedAt.set(partition, begun);
      while (hasUnknown(answers)) {
        const left = begun + options.windowMs - options.now();
        if (left <= 0) break;
        await options.pause(Math.min(left, options.pollMs), signal);
        answers = await lookUp();
      }
      return answers;
    },
  };
}

export type UnknownWindow = ReturnType<typeof createUnknownWindow>;

/** Waiting makes nothing of an id that no registry gives. */
function hasUnknown(answers: ReadonlyMap<number, WriterSchema>): boolean {
  return [...answers].some(([id, { kind }]) => kind === 'unknown' && id <= LARGEST_GIVEN_ID);
}
