import { isZonerError, ZonerError } from '#core/errors.ts';
import type { ContractValue } from '#generated/contract-value.ts';
import type { Headers } from '#producer/ports.ts';
import type { Producer } from '#producer/producer.ts';

/** Hands records of one contract to Kafka. */
export interface Ingest<Write> {
  /**
   * Resolves when the broker has acknowledged all of these.
   * @param headers what each of their records carries
   * @throws ZonerError KAFKA_UNAVAILABLE if it does not in time, or if too many wait already; others as `Producer.send`
   */
  accept(values: readonly Write[], headers?: Headers): Promise<void>;
}

export interface IngestLimits {
  /** How long a request waits for the broker. What was on its way by then may have been written. */
  readonly deadlineMs: number;
  /** Records that wait; more are refused at once, so that an outage costs no memory. */
  readonly mostWaiting: number;
  /** Records that go out together. */
  readonly mostTogether: number;
}

export const INGEST_LIMITS: IngestLimits = { deadlineMs: 12_000, mostWaiting: 20_000, mostTogether: 2000 };

interface Waiting<Write> {
  readonly values: readonly Write[];
  readonly headers: Headers;
  readonly done: PromiseWithResolvers<void>;
  isOver: boolean;
}

/**
 * One send at a time: what arrives meanwhile goes out together with the next, so that many small requests cost the
 * broker few large ones, and the order in which requests came is the order in the log.
 */
export function createIngest<Read, Write>(
  producer: Pick<Producer, 'sendWithHeaders'>,
  contract: ContractValue<Read, Write>,
  limits: IngestLimits = INGEST_LIMITS,
): Ingest<Write> {
  const queue: Waiting<Write>[] = [];
  let waiting = 0;
  let isSending = false;

  const send = async (group: readonly Waiting<Write>[]): Promise<void> => {
    try {
      const together = group.flatMap(({ values, headers }) => values.map((value) => ({ value, headers })));
      await producer.sendWithHeaders(contract, together);
      for (const { done } of group) done.resolve();
    } catch (error) {
      // Nothing of a group is sent if one value does not fit: the others must not suffer for it.
      if (group.length > 1 && isZonerError(error, 'VALUE_INVALID'))
        for (const each of group) await send([each]);
      else for (const { done } of group) done.reject(error);
    }
  };
  const sendAll = async (): Promise<void> => {
    isSending = true;
    while (queue.length > 0) {
      const group = takeGroup(queue, limits.mostTogether);
      if (group.length > 0) await send(group);
    }
    isSending = false;
  };
  return {
    async accept(values, headers = []) {
      if (waiting + values.length > limits.mostWaiting)
        throw new ZonerError('KAFKA_UNAVAILABLE', 'too many records wait for the broker');
      const entry: Waiting<Write> = { values, headers, done: Promise.withResolvers(), isOver: false };
      waiting += values.length;
      const timer = setTimeout(() => {
        entry.isOver = true;
        entry.done.reject(new ZonerError('KAFKA_UNAVAILABLE', 'the broker did not acknowledge in time'));
      }, limits.deadlineMs);
      queue.push(entry);
      if (!isSending) void sendAll();
      try {
        await entry.done.promise;
      } finally {
        clearTimeout(timer);
        waiting -= values.length;
      }
    },
  };
}

/** Takes the next requests off the queue, without those that nobody waits for any more. */
function takeGroup<Write>(queue: Waiting<Write>[], most: number): readonly Waiting<Write>[] {
  const group: Waiting<Write>[] = [];
  let count = 0;
  while (queue[0] !== undefined && (group.length === 0 || count + queue[0].values.length <= most)) {
    const next = queue.shift();
    if (next === undefined || next.isOver) continue;
    group.push(next);
    count += next.values.length;
  }
  return group;
}
