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
  const { kafkaClient } = await import('#kafka/kafka-client.ts');
  const client = await kafkaClient(config.kafka);
  const transport = client.consumer(config.kafka);
  const offsets = resources.use(client.offsets(config.kafka));
  return { transport, offsets, signal: shell.signal };
}
