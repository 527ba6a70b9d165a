import type { Admin, ITopicConfig } from 'kafkajs';
import kafkajs from 'kafkajs';
import pRetry from 'p-retry';
import type { KafkaConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { withAdmin } from '#kafka/kafkajs-client.ts';
import { brokerCodesOf, kafkaError } from '#kafka/kafkajs-errors.ts';
import type { ActualTopic, ActualTopics, TopicChange } from '#kafka/topics-plan.ts';

/** What planning and applying topics needs of a cluster. */
export interface TopicAdmin {
  /** @throws ZonerError KAFKA_UNAVAILABLE */
  read(names: readonly string[]): Promise<ActualTopics>;
  /** Harmless if the change was made already, by this call's forerunner or by somebody else. */
  make(change: TopicChange): Promise<void>;
}

// This one is not among the names that Node finds in kafkajs, which is CommonJS.
const { ConfigResourceTypes } = kafkajs;

const DEADLINE_MS = 30_000;
/** `DYNAMIC_TOPIC_CONFIG`: set on the topic itself, as against the defaults it inherits. */
const OWN_SETTING = 1;

export function createKafkajsTopics(config: KafkaConfig): TopicAdmin {
  const ask = async <Answer>(doing: string, question: (admin: Admin) => Promise<Answer>): Promise<Answer> => {
    try {
      return await withDeadline(withAdmin(config, question), DEADLINE_MS, doing);
    } catch (error) {
      throw kafkaError(error, doing);
    }
  };
  return {
    read: (names) => ask('reading the topics', (admin) => readTopics(admin, names)),
    make: (change) => ask(change.description, (admin) => make(admin, change)),
  };
}

async function readTopics(admin: Admin, names: readonly string[]): Promise<ActualTopics> {
  const { brokers } = await admin.describeCluster();
  const { topics: all } = await admin.fetchTopicMetadata();
  const found = all.filter(({ name }) => names.includes(name));
  const settings = await settingsOf(
    admin,
    found.map(({ name }) => name),
  );
  const topics = found.map(({ name, partitions }): [string, ActualTopic] => [
    name,
    {
      name,
      partitions: partitions.length,
      settings: new Map((settings.get(name) ?? []).map((entry) => [entry.configName, entry.configValue])),
    },
  ]);
  return { brokers: brokers.length, topics: new Map(topics) };
}

async function settingsOf(admin: Admin, names: readonly string[]) {
  if (names.length === 0) return new Map<string, never>();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  return new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
}

async function make(admin: Admin, change: TopicChange): Promise<void> {
  const { topic } = change;
  if (change.kind === 'create-topic') {
    const configEntries = [...change.settings].map(([name, value]) => ({ name, value }));
    const { partitions: numPartitions, replicas: replicationFactor } = change;
    await createTopic(admin, { topic, numPartitions, replicationFactor, configEntries });
    // Somebody else may have made it with fewer partitions, which is the next plan's affair.
    await waitUntilShown(admin, topic, 1);
  } else if (change.kind === 'add-partitions') {
    await addPartitions(admin, topic, change.partitions);
  } else {
    await alterSettings(admin, topic, change.settings);
  }
}

/** kafkajs answers false, without an error, if the topic is there already. */
async function createTopic(admin: Admin, topic: ITopicConfig): Promise<void> {
  try {
    await admin.createTopics({ topics: [topic] });
  } catch (error) {
    // The topic is made, and a busy broker has not heard of it yet when kafkajs asks it for the leaders.
    if (!brokerCodesOf(error).includes('UNKNOWN_TOPIC_OR_PARTITION')) throw error;
  }
}

async function addPartitions(admin: Admin, topic: string, count: number): Promise<void> {
  try {
    await admin.createPartitions({ topicPartitions: [{ topic, count }] });
  } catch (error) {
    // Says the broker when the topic has that many, or more, by now.
    if (!brokerCodesOf(error).includes('INVALID_PARTITIONS')) throw error;
  }
  await waitUntilShown(admin, topic, count);
}

/** A busy broker shows what is new a moment later, and whoever sends to it before that is refused. */
async function waitUntilShown(admin: Admin, topic: string, count: number): Promise<void> {
  await pRetry(
    async () => {
      const [found] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
      if ((found?.partitions.length ?? 0) >= count) return;
      const message = `The broker does not show the ${count} partitions of "${topic}" yet.`;
      throw new ZonerError('KAFKA_UNAVAILABLE', message);
    },
    { retries: 20, minTimeout: 50, factor: 1.3, maxTimeout: 1000 },
  );
}

/** kafkajs alters by replacing: settings of the topic's own that are not sent go back to the default. So all are sent. */
async function alterSettings(
  admin: Admin,
  topic: string,
  settings: ReadonlyMap<string, string>,
): Promise<void> {
  const present = (await settingsOf(admin, [topic])).get(topic) ?? [];
  const own = present
    .filter(({ configSource }) => configSource === OWN_SETTING)
    .map(({ configName, configValue }) => [configName, configValue] as const);
  const configEntries = [...new Map([...own, ...settings])].map(([name, value]) => ({ name, value }));
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }],
  });
}
