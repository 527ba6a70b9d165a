import { isLetterHeader } from '#consumer/dead-letter.ts';
import { headerReader } from '#consumer/origin.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

/** Facts of a refusal, which the next one replaces: they do not travel with the record. */
const REFUSAL_FACTS = ['dlt.error.', 'dlt.last.', 'dlt.stage', 'dlt.code', 'dlt.retriable', '__connect.'];

/**
 * The record that a replay of this letter sends: the same key and value, byte for byte, the record's own headers, what
 * the letter says of its origin, and which run sends it. It goes to the partition of the letter, so that letters of one
 * key stay in order.
 * @param now milliseconds since 1970
 */
export function retryRecord(
  letter: Omit<KafkaRecord, 'topic'>,
  contract: Pick<Contract, 'topic'>,
  { run, now }: { readonly run: string; readonly now: bigint },
): OutgoingRecord {
  const before = Number(headerReader(letter)('dlt.replay.count') ?? 0);
  const facts = {
    'dlt.replay.id': run,
    'dlt.replay.count': String((Number.isSafeInteger(before) ? before : 0) + 1),
  };
  return {
    topic: topicNames(contract.topic).retry,
    partition: letter.partition,
    key: letter.key,
    value: letter.value,
    headers: [
      ...letter.headers.filter(([name]) => !isReplaced(name) && !Object.hasOwn(facts, name)),
      ...Object.entries(facts).map(([name, text]) => [name, Buffer.from(text, 'utf8')] as const),
    ],
    timestamp: now,
  };
}

function isReplaced(name: string): boolean {
  return isLetterHeader(name) && REFUSAL_FACTS.some((prefix) => name.startsWith(prefix));
}
