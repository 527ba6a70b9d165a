import type { AcceptedRecord, RecordSink, SinkRefusal, WriteResult } from '#consumer/ports.ts';
import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';
import type { Headers } from '#producer/ports.ts';

/** What a handler is told beside the value. */
export interface Delivery {
  /** The topic on which the record was produced first, also if it comes from the retry topic. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970. */
  readonly timestamp: bigint;
  readonly key: Uint8Array | null;
  readonly headers: Headers;
  /** The registry's id of the schema that the record was written with. */
  readonly schemaId: number;
  /** True for a dead letter that was sent again. */
  readonly replayed: boolean;
  /** Aborts when the partition is taken away or the consumer has to end now. */
  readonly signal: AbortSignal;
}

export type Handler<Value> = (value: Value, delivery: Delivery) => Promise<void> | void;

/** Thrown by a handler: this record can never be handled, so it becomes a dead letter. The reason must hold no values. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

interface Progress {
  next: number;
  readonly refused: SinkRefusal[];
}

/**
 * Hands records to application code, one after the other. A `Refusal` dead-letters the record; anything else that a handler
 * throws holds the partition, and the next attempt begins with the record that failed, not with those before it.
 */
export function createHandlerSink(handler: Handler<unknown>): RecordSink {
  const begun = new WeakMap<readonly AcceptedRecord[], Progress>();
  return {
    async write(records, signal): Promise<WriteResult> {
      const progress = begun.get(records) ?? { next: 0, refused: [] };
      begun.set(records, progress);
      for (let accepted = records[progress.next]; accepted !== undefined; accepted = records[progress.next]) {
        signal.throwIfAborted();
        const reason = await handle(handler, accepted, signal);
        if (reason !== null) progress.refused.push({ accepted, code: 'HANDLER_REFUSED', reason });
        progress.next += 1;
      }
      const { refused } = progress;
      return { inserted: records.length - refused.length, present: 0, refused };
    },
  };
}

/** @returns why the handler refused the record, or null */
async function handle(
  handler: Handler<unknown>,
  { record, origin, schemaId, value }: AcceptedRecord,
  signal: AbortSignal,
): Promise<string | null> {
  const { key } = record;
  const { topic, partition, offset, timestamp } = origin;
  try {
    await handler(value, {
      topic,
      partition,
      offset,
      timestamp,
      key,
      headers: record.headers,
      schemaId,
      replayed: record.topic !== origin.topic,
      signal,
    });
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    // Of an expected failure the handler's own code knows more; of a lost lease the batch comes again elsewhere.
    if (isZonerError(error) && error.retryable) throw error;
    signal.throwIfAborted();
    throw new ZonerError('HANDLER_FAILED', `the handler failed: ${messageOf(error)}`, { cause: error });
  }
}
