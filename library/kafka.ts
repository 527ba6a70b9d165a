/** `zoner/kafka`: the transports of producers and consumers, in Zoner's words. */
export type { Batch, ConsumerTransport, KafkaRecord, RunOptions, Subscription } from '#consumer/ports.ts';
export { createKafkajsConsumer, type KafkajsConsumerOptions } from '#kafka/kafkajs-consumer.ts';
export { createKafkajsProducer } from '#kafka/kafkajs-producer.ts';
export type { ProducerOptions } from '#kafka/ordered-producer.ts';
export { createPlatformaticConsumer } from '#kafka/platformatic-consumer.ts';
export { createPlatformaticProducer } from '#kafka/platformatic-producer.ts';
export type { Headers, OutgoingRecord, ProducerTransport } from '#producer/ports.ts';
