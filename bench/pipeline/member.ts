/**
 * One consumer in a process of its own: `member.ts GROUP TOPIC CLIENT RECORDS`. After each batch it tells its parent what it
 * has done so far, and at a tenth and nine tenths of the records what it holds after a collection of garbage.
 */
import { benchGroup } from '#bench/kafka/bench-group.ts';
import { EVENT_CONTRACT } from '#bench/kafka/event-contract.ts';
import type { MemberReport } from '#bench/pipeline/members.ts';
import { consume } from '#consumer/consume.ts';
import { type KafkaConfig, parseConfig } from '#core/config.ts';
import { kafkaClient } from '#kafka/kafka-client.ts';

const [group = '', topic = '', client = 'kafkajs', total = '0'] = process.argv.slice(2);
const marks = [0.1 * Number(total), 0.9 * Number(total)];
const SESSION_MS = 6000;
const config = parseConfig(process.env);
const kafka = await kafkaClient({ ...config.kafka, client: client as NonNullable<KafkaConfig['client']> });
let records = 0;
let begunAt = process.cpuUsage();
const fail = (error: unknown): never => {
  throw error;
};
const sink = {
  async write(batch: readonly unknown[]) {
    records += batch.length;
    const { user, system } = process.cpuUsage(begunAt);
    const isMark = records >= (marks[0] ?? Number.POSITIVE_INFINITY);
    if (isMark) marks.shift();
    const report: MemberReport = {
      records,
      processorSeconds: (user + system) / 1e6,
      rss: process.memoryUsage.rss(),
      held: isMark ? heldBytes() : null,
    };
    process.send?.(report);
    return { inserted: batch.length, present: 0 };
  },
};

/** Bytes that stay when everything is collected that can be. */
function heldBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let begun = false;
const deps = benchGroup(config, kafka, {
  onBegin() {
    if (begun) return;
    begun = true;
    begunAt = process.cpuUsage();
  },
  onFatal: fail,
});
const transport = kafka.consumer(config.kafka, { sessionTimeoutMs: SESSION_MS });
await consume([{ contract: { ...EVENT_CONTRACT, topic }, sink }], { ...deps, group, transport });
