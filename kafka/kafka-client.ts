import type { ConsumerTransport, TopicOffsets, TopicTimes } from '#consumer/ports.ts';
import type { KafkaConfig } from '#core/config.ts';
import type { KafkajsConsumerOptions } from '#kafka/kafkajs-consumer.ts';
import type { ProducerOptions } from '#kafka/ordered-producer.ts';
import type { ProducerTransport } from '#producer/ports.ts';

/** The adapters of one Kafka client. */
export interface KafkaClient {
  producer(config: KafkaConfig, options?: ProducerOptions): ProducerTransport;
  consumer(config: KafkaConfig, options?: KafkajsConsumerOptions): ConsumerTransport;
  /** Stays connected: close it. */
  offsets(config: KafkaConfig): TopicOffsets & TopicTimes & { close(): Promise<void> };
}

/** The adapters of the client that `KAFKA_CLIENT` names; the other one is not even loaded. */
export async function kafkaClient({ client = 'kafkajs' }: KafkaConfig): Promise<KafkaClient> {
  if (client === 'platformatic') {
    const [producer, consumer, offsets] = await Promise.all([
      import('#kafka/platformatic-producer.ts'),
      import('#kafka/platformatic-consumer.ts'),
      import('#kafka/platformatic-offsets.ts'),
    ]);
    return {
      producer: producer.createPlatformaticProducer,
      consumer: consumer.createPlatformaticConsumer,
      offsets: offsets.createPlatformaticOffsets,
    };
  }
  const [producer, consumer, offsets] = await Promise.all([
    import('#kafka/kafkajs-producer.ts'),
    import('#kafka/kafkajs-consumer.ts'),
    import('#kafka/kafkajs-offsets.ts'),
  ]);
  return {
    producer: producer.createKafkajsProducer,
    consumer: consumer.createKafkajsConsumer,
    offsets: offsets.createKafkajsOffsets,
  };
}
