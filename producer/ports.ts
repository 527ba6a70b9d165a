/** What a producer needs of the outside world. Adapters: `kafka/`, `registry/`. */
import type { SchemaText } from '#contract/contract.ts';

/** In order; a name may occur more than once. */
export type Headers = readonly (readonly [name: string, value: Uint8Array | null])[];

export interface OutgoingRecord {
  readonly topic: string;
  /** Null: chosen from the key as Kafka's Java client does (murmur2). */
  readonly partition: number | null;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
  /** Milliseconds since 1970; null: now. */
  readonly timestamp: bigint | null;
}

export interface ProducerTransport {
  /**
   * Resolves when every record is acknowledged by all in-sync replicas. A rejection leaves open which records were
   * written. Order within a partition is the order of `records`.
   * @throws ZonerError KAFKA_UNAVAILABLE (worth a retry), TOPIC_MISSING
   */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** The registry's ids of schemas that are registered already. Producers never register. */
export interface SchemaIds {
  /**
   * The id under which exactly the last of these types is registered for its subject. Before it stand the types that it
   * refers to, each before what refers to it: a reference means one version, and only the type's text tells which.
   * @throws ZonerError NOT_REGISTERED, REGISTRY_UNAVAILABLE, REGISTRY_AUTH
   */
  idOf(types: readonly SchemaText[]): Promise<number>;
}
