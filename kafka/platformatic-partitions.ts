import { Admin } from '@platformatic/kafka';
import type { KafkaConfig } from '#core/config.ts';
import { platformaticOptions } from '#kafka/platformatic-client.ts';

/** Those of these topics that there are, each with its number of partitions. */
export async function platformaticPartitions(
  config: KafkaConfig,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const admin = new Admin(platformaticOptions(config));
  try {
    return await partitionsOf(admin, names);
  } finally {
    await admin.close().catch(() => undefined);
  }
}

/** The same over a client that is there already, which tries for seconds when it is asked for a topic that is missing. */
export async function partitionsOf(
  admin: Admin,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const all = new Set(await admin.listTopics());
  const topics = [...new Set(names)].filter((name) => all.has(name));
  if (topics.length === 0) return new Map();
  const metadata = await admin.metadata({ topics, forceUpdate: true });
  return new Map([...metadata.topics].map(([name, { partitionsCount }]) => [name, partitionsCount]));
}
