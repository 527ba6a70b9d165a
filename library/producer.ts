/** `zoner/producer`: values of a contract to records of its topic. */
export { createProducer, type Producer, type ProducerDeps } from '#producer/producer.ts';
