import { readFileSync } from 'node:fs';
import type { BaseOptions } from '@platformatic/kafka';
import type { KafkaConfig } from '#core/config.ts';
import { messageOf, ZonerError } from '#core/errors.ts';
import { createTokenSource } from '#kafka/kafkajs-oauth.ts';

/** Few attempts: whoever calls holds and tries again, and knows better than the client for how long. */
const RETRIES = 4;
const RETRY_DELAY_MS = 200;

/**
 * What every client of @platformatic/kafka is made with.
 * @throws ZonerError FILE_UNREADABLE if the CA file cannot be read
 */
export function platformaticOptions(config: KafkaConfig, clientId = 'zoner') {
  return {
    clientId,
    bootstrapBrokers: [...config.brokers],
    connectTimeout: 5000,
    requestTimeout: 15_000,
    timeout: 15_000,
    retries: RETRIES,
    retryDelay: RETRY_DELAY_MS,
    // A leader that moved is asked for at once; this is only how long one that did not is believed in.
    metadataMaxAge: 60_000,
    autocreateTopics: false,
    ...(config.ssl === false ? {} : { tls: tlsOf(config.ssl.caPath), tlsServerName: true }),
    ...(config.sasl === null ? {} : { sasl: saslOf(config.sasl) }),
  } satisfies BaseOptions;
}

function tlsOf(caPath: string | null): { ca?: string } {
  if (caPath === null) return {};
  try {
    return { ca: readFileSync(caPath, 'utf8') };
  } catch (error) {
    throw new ZonerError('FILE_UNREADABLE', `KAFKA_SSL_CA_PATH: ${messageOf(error)}`, { cause: error });
  }
}

const MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;

function saslOf(login: NonNullable<KafkaConfig['sasl']>): NonNullable<BaseOptions['sasl']> {
  if (login.mechanism === 'oauthbearer')
    return { mechanism: 'OAUTHBEARER', token: createTokenSource(login.token) };
  const { mechanism, username, password } = login;
  return { mechanism: MECHANISMS[mechanism], username, password };
}
