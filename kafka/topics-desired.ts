import type { Contract } from '#contract/contract.ts';
import { topicNames } from '#contract/topic-names.ts';

/** A topic as the contracts want it. Settings not named here are the broker's or an operator's business. */
export interface DesiredTopic {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  /** Null: for ever. */
  readonly retentionMs: bigint | null;
  /** The source topic whose largest record has to fit in here, with 64 KiB of headers more; null: no such need. */
  readonly holdsRecordsOf: string | null;
}

const DAY_MS = 86_400_000n;
const DEAD_LETTER_DAYS = 30n;

/**
 * The topics of these contracts: agreements on topics and headers. Letters keep the partition number of their source.
 * The retry and parked topics have to hold what the dead letter topic holds, headers and all.
 */
export function desiredTopics(contracts: readonly Contract[]): readonly DesiredTopic[] {
  return contracts.flatMap(({ topic, partitions, retentionDays }): DesiredTopic[] => {
    const names = topicNames(topic);
    const source: DesiredTopic = {
      name: names.source,
      partitions,
      cleanup: 'delete',
      retentionMs: BigInt(retentionDays) * DAY_MS,
      holdsRecordsOf: null,
    };
    const holdsRecordsOf = topic;
    return [
      source,
      { ...source, name: names.retry, holdsRecordsOf },
      { ...source, name: names.deadLetters, retentionMs: DEAD_LETTER_DAYS * DAY_MS, holdsRecordsOf },
      { name: names.status, partitions: 1, cleanup: 'compact', retentionMs: null, holdsRecordsOf: null },
      { ...source, name: names.parked, retentionMs: null, holdsRecordsOf },
    ];
  });
}
