/** The topics of a contract, all named after its source topic. */
export interface TopicNames {
  readonly source: string;
  /** Replayed records; the only topic on which `dlt.src.*` headers are honoured. */
  readonly retry: string;
  readonly deadLetters: string;
  /** The ledger of what became of each dead letter; compacted. */
  readonly status: string;
  readonly parked: string;
}

/** `user_activity` -> `user_activity`, `user_activity-retry`, `user_activity-dlt` and so on. */
export function topicNames(topic: string): TopicNames {
  return {
    source: topic,
    retry: `${topic}-retry`,
    deadLetters: `${topic}-dlt`,
    status: `${topic}-dlt-status`,
    parked: `${topic}-dlt-parked`,
  };
}
