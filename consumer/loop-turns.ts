import { setImmediate } from 'node:timers/promises';

/**
 * Turns of the event loop, one for each who asks. Work that keeps the processor, such as decoding a batch, waits for one:
 * otherwise the batches of all partitions would be decoded without a break, and their values live until the last of them
 * is done, before the first answer of a broker or a probe is looked at.
 */
export function createLoopTurns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => setImmediate());
    return last;
  };
}
