import { ZonerError } from '#core/errors.ts';
import type { TopicAdmin } from '#kafka/kafkajs-topics.ts';
import type { DesiredTopic } from '#kafka/topics-desired.ts';
import { planTopics, type RetentionNeeds, type TopicChange, type TopicsPlan } from '#kafka/topics-plan.ts';

/** Reads the cluster and plans; changes nothing. @throws ZonerError KAFKA_UNAVAILABLE */
export async function readTopicsPlan(
  desired: readonly DesiredTopic[],
  admin: TopicAdmin,
  needs: RetentionNeeds = new Map(),
): Promise<TopicsPlan> {
  return planTopics(desired, await admin.read(desired.map(({ name }) => name)), needs);
}

/**
 * Makes a plan's changes one after the other. Safe to repeat, and to run twice at once.
 * @param onChange told after each change that was made
 * @throws ZonerError TOPIC_DIFFERS before anything is changed, if the plan holds refusals; KAFKA_UNAVAILABLE
 */
export async function applyTopics(
  { changes, refusals }: TopicsPlan,
  admin: TopicAdmin,
  onChange: (change: TopicChange) => void = () => undefined,
): Promise<void> {
  if (refusals.length > 0) {
    throw new ZonerError('TOPIC_DIFFERS', refusals.map(({ description }) => description).join('\n'));
  }
  for (const change of changes) {
    await admin.make(change);
    onChange(change);
  }
}
