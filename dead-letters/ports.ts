import type { ConsumerTransport, TopicOffsets } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import type { ProducerTransport } from '#producer/ports.ts';

/** What following the states of a contract's dead letters needs of the outside world. */
export interface WatchDeps {
  readonly contract: Pick<Contract, 'topic'>;
  readonly transport: ConsumerTransport;
  readonly offsets: TopicOffsets;
  /** Ends whatever runs, with its reason as the error. */
  readonly signal: AbortSignal;
}

/** What reading the letters themselves needs. */
export interface ReadDeps extends WatchDeps {
  readonly contract: Contract;
}

/** What changing their state needs besides. */
export interface WriteDeps extends ReadDeps {
  readonly producer: ProducerTransport;
  /** Names this run in the ledger and in the headers of what it sends. */
  readonly run: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** Monotonic milliseconds. */
  clock(): number;
  /** Rejects when the signal aborts. */
  pause(ms: number): Promise<void>;
}
