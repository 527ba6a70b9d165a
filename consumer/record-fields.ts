import type { KafkaRecord } from '#consumer/ports.ts';

/** The record's fields in an object of their own, for whoever sends it to another process or changes one of them. */
export function fieldsOf({
  topic,
  partition,
  offset,
  timestamp,
  key,
  value,
  headers,
}: KafkaRecord): KafkaRecord {
  return { topic, partition, offset, timestamp, key, value, headers };
}
