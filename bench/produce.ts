import type { Bench } from '#bench/bench-table.ts';
import { installPeers } from '#bench/codec/run-process.ts';
import { withServices } from '#bench/kafka/bench-services.ts';
import { prepareEvents, TOPIC } from '#bench/kafka/event-contract.ts';
import { javaProducer } from '#bench/kafka/java-tools.ts';
import { paceFigures } from '#bench/kafka/pace-figures.ts';
import { interleaveRounds, ROUNDS } from '#bench/kafka/rounds.ts';
import { BATCH, senders } from '#bench/kafka/senders.ts';

/** Producing decoded objects may cost a tenth of the rate of bytes that are ready. */
const LEAST_SHARE = 0.9;

/** Decoded objects to acknowledged records. */
export const produce: Bench = {
  async run(tell) {
    await installPeers(tell);
    return withServices(tell, async (config) => {
      await prepareEvents(config);
      const candidates = await senders(config);
      const paces = await interleaveRounds(candidates, ROUNDS, tell);
      for (const each of candidates) await each.close();
      const java = await javaProducer(config, TOPIC, tell);
      return {
        setting: {
          records: `events of 13 fields, ${BATCH} an awaited send, acks of all replicas, ${TOPIC} of 6 partitions`,
          rounds: `${ROUNDS} rounds in turns after one that does not count; ratios round by round`,
          node: process.version,
        },
        figures: [...paceFigures(paces, LEAST_SHARE), ...java],
      };
    });
  },
};
