import type { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import type { TopicTimes } from '#consumer/ports.ts';
import type { ScanDeps } from '#consumer/scan.ts';
import type { Config } from '#core/config.ts';

/** What a scan needs of the configured cluster. */
export async function openScanDeps(
  shell: Shell,
  config: Config,
  resources: Resources,
): Promise<ScanDeps & { readonly offsets: TopicTimes }> {
  const { createKafkajsConsumer } = await import('#kafka/kafkajs-consumer.ts');
  const { createKafkajsOffsets } = await import('#kafka/kafkajs-offsets.ts');
  const transport = createKafkajsConsumer(config.kafka);
  const offsets = resources.use(createKafkajsOffsets(config.kafka));
  return { transport, offsets, signal: shell.signal };
}
