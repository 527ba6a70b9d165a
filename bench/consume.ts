import { CompressionTypes, Kafka, logLevel } from 'kafkajs';
import { writeFrameHeader } from '#avro/frame.ts';
import { parseSchema } from '#avro/parse.ts';
import type { Bench } from '#bench/bench-table.ts';
import { ADDED } from '#bench/codec/event-shape.ts';
import { installPeers } from '#bench/codec/run-process.ts';
import { shapeOf, valuesOf } from '#bench/codec/shapes.ts';
import { framed } from '#bench/codec/workloads.ts';
import { withServices } from '#bench/kafka/bench-services.ts';
import { OLDER_JSON, prepareEvents, TOPIC } from '#bench/kafka/event-contract.ts';
import { javaConsumer } from '#bench/kafka/java-tools.ts';
import { paceFigures } from '#bench/kafka/pace-figures.ts';
import { readers } from '#bench/kafka/readers.ts';
import { interleaveRounds, ROUNDS } from '#bench/kafka/rounds.ts';
import type { Config } from '#core/config.ts';

const RECORDS = 200_000;
const BATCH = 1000;
/** Consuming to decoded values may cost so much of the rate of bytes alone. */
const LEAST_SHARE = 0.85;

/** Records to decoded values, with a reader that is newer than the writer. */
export const consume: Bench = {
  async run(tell) {
    await installPeers(tell);
    return withServices(tell, async (config) => {
      const { older } = await prepareEvents(config);
      await fill(config, older);
      tell(`${RECORDS} records are there`);
      const paces = await interleaveRounds(await readers(config, RECORDS), ROUNDS, tell);
      const java = await javaConsumer(config, TOPIC, RECORDS, tell);
      return {
        setting: {
          records: `${RECORDS} events of 11 fields, read with a schema of 13, 6 partitions, one consumer`,
          rounds: `${ROUNDS} rounds in turns after one that does not count; ratios round by round`,
          clock: 'from the first batch to the last record; each round in a new group',
          node: process.version,
        },
        figures: [...paceFigures(paces, LEAST_SHARE), ...java],
      };
    });
  },
};

/** Sends events of the older schema. */
async function fill(config: Config, schemaId: number): Promise<void> {
  const values = valuesOf(shapeOf('event'), 10_000).map((value) =>
    Object.fromEntries(Object.entries(value as object).filter(([name]) => !(name in ADDED))),
  );
  const bytes = framed(parseSchema(JSON.stringify(OLDER_JSON)), values);
  for (const each of bytes) writeFrameHeader(each, 0, schemaId);
  const messages = bytes.map((value, index) => ({ key: String(values[index]?.eventId), value }));
  const kafka = new Kafka({ brokers: [...config.kafka.brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  for (let sent = 0; sent < RECORDS; sent += BATCH) {
    const from = sent % messages.length;
    await producer.send({
      topic: TOPIC,
      compression: CompressionTypes.None,
      messages: messages.slice(from, from + BATCH),
    });
  }
  await producer.disconnect();
}
