import { apiVersionsV3, ConnectionPool, parseBroker } from '@platformatic/kafka';
import type { KafkaConfig } from '#core/config.ts';
import { APP_VERSION } from '#core/version.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { platformaticOptions } from '#kafka/platformatic-client.ts';

/**
 * The first level of `metadata.version` that each release brought, the newest first: Kafka's `MetadataVersion`. Brokers of
 * earlier releases do not speak of it.
 */
const FIRST_LEVELS: readonly (readonly [level: number, release: string])[] = [
  [31, '4.4'],
  [30, '4.3'],
  [28, '4.2'],
  [26, '4.1'],
  [22, '4.0'],
  [21, '3.9'],
  [20, '3.8'],
  [15, '3.7'],
  [12, '3.6'],
  [9, '3.5'],
  [8, '3.4'],
  [5, '3.3'],
];
/** The last level of the newest release above; what is beyond it is newer than this table. */
const LAST_LEVEL = 33;
const DEADLINE_MS = 5000;

/**
 * The release of a broker by the highest `metadata.version` that it supports, as `4.3`; null below 3.3.
 * A release newer than this program is told as the newest that is known, "or later".
 */
export function releaseOf(level: number): string | null {
  const found = FIRST_LEVELS.find(([first]) => level >= first);
  if (found === undefined) return null;
  return level > LAST_LEVEL ? `${found[1]} or later` : found[1];
}

/**
 * Which release of Kafka a broker is of. No request tells that: it is concluded from the features that `ApiVersions` lists
 * (KIP-584), so it is a line, such as 4.3, and not a patch. Null where the broker tells none, or cannot be asked: nobody
 * depends on it. kafkajs cannot ask for features, so the other client is used whatever `KAFKA_CLIENT` says.
 */
export async function kafkaRelease(config: KafkaConfig): Promise<string | null> {
  const pool = new ConnectionPool('zoner', platformaticOptions(config));
  try {
    const ask = async () => {
      const connection = await pool.getFirstAvailable(config.brokers.map((each) => parseBroker(each)));
      return await apiVersionsV3.api.async(connection, 'zoner', APP_VERSION);
    };
    const { supportedFeatures = [] } = await withDeadline(ask(), DEADLINE_MS, 'asking for the release');
    const metadata = supportedFeatures.find(({ name }) => name === 'metadata.version');
    return metadata === undefined ? null : releaseOf(metadata.maxVersion);
  } catch {
    return null;
  } finally {
    await pool.close().catch(() => undefined);
  }
}
