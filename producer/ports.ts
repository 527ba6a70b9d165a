/** What a producer needs of the outside world. Adapters: `kafka/`, `registry/`. */

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
   * The id under which exactly this schema is registered for the subject. `references` are the full names (and
   * subjects) of types that `text` names but does not define.
   * @throws ZonerError NOT_REGISTERED, REGISTRY_UNAVAILABLE, REGISTRY_AUTH
   */
  idOf(subject: string, text: string, references: readonly string[]): Promise<number>;
}
