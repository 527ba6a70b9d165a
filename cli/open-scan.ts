import type { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import { type ScanDeps, scan } from '#consumer/scan.ts';
import type { Config } from '#core/config.ts';

/** Reads a whole topic once, without leaving a trace; ends early when the command is stopped. */
export type Scan = (topic: string, onRecord: (record: KafkaRecord) => void) => Promise<void>;

/** A scan over the configured cluster. */
export async function openScan(shell: Shell, config: Config, resources: Resources): Promise<Scan> {
  const deps = await openScanDeps(shell, config, resources);
  return (topic, onRecord) => scan(topic, deps, onRecord);
}

/** What a scan needs of the configured cluster. */
export async function openScanDeps(shell: Shell, config: Config, resources: Resources): Promise<ScanDeps> {
  const { createKafkajsConsumer } = await import('#kafka/kafkajs-consumer.ts');
  const { createKafkajsOffsets } = await import('#kafka/kafkajs-offsets.ts');
  const transport = createKafkajsConsumer(config.kafka);
  const offsets = resources.use(createKafkajsOffsets(config.kafka));
  return { transport, offsets, signal: shell.signal };
}
