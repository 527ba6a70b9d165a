import { afterAll } from 'vitest';
import { createKafkajsTopics } from '#kafka/kafkajs-topics.ts';
import { createPlatformaticConsumer } from '#kafka/platformatic-consumer.ts';
import { createPlatformaticOffsets } from '#kafka/platformatic-offsets.ts';
import { createPlatformaticProducer } from '#kafka/platformatic-producer.ts';
import { transportSuite } from '#kafka/transport-suite.ts';
import { liveConfig } from '#stack/live-environment.ts';

const { kafka: config } = liveConfig();
const admin = createKafkajsTopics(config);
const offsets = createPlatformaticOffsets(config);
const sixSeconds = { sessionTimeoutMs: 6000, rebalanceTimeoutMs: 10_000, growthMs: 1000 };

afterAll(() => offsets.close());

transportSuite('the adapters of @platformatic/kafka', {
  createTopic: (topic, partitions) =>
    admin.make({
      kind: 'create-topic',
      topic,
      partitions,
      replicas: 1,
      settings: new Map(),
      description: `create ${topic}`,
    }),
  grow: (topic, partitions) =>
    admin.make({ kind: 'add-partitions', topic, partitions, description: `grow ${topic}` }),
  producer: () => createPlatformaticProducer(config),
  consumer: () => createPlatformaticConsumer(config, sixSeconds),
  offsets: () => offsets,
});
