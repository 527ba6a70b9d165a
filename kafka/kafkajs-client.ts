import { readFileSync } from 'node:fs';
import { type Admin, Kafka, logLevel, type Mechanism, type RetryOptions, type SASLOptions } from 'kafkajs';
import type { KafkaConfig } from '#core/config.ts';
import { messageOf, ZonerError } from '#core/errors.ts';
import { registerCodecs } from '#kafka/kafkajs-codecs.ts';
import { oauthBearer } from '#kafka/kafkajs-oauth.ts';
import { patchKafkajsTimers } from '#kafka/kafkajs-timer-patch.ts';

/**
 * All of them are set, because kafkajs takes others when NODE_ENV is `test`. About three seconds in total: whoever calls
 * holds and tries again, and knows better than the client for how long.
 */
export const RETRY: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1000,
  factor: 0.2,
  multiplier: 2,
  retries: 5,
};

/**
 * A client of its own for each adapter: kafkajs keeps committed offsets per client, so that two consumers of one group
 * on one client would see each other's.
 * @throws ZonerError FILE_UNREADABLE if the CA file cannot be read
 */
export function createKafka(config: KafkaConfig, clientId = 'zoner'): Kafka {
  patchKafkajsTimers();
  registerCodecs();
  return new Kafka({
    clientId,
    brokers: [...config.brokers],
    ...(config.ssl === false ? {} : { ssl: tlsOf(config.ssl.caPath) }),
    ...(config.sasl === null ? {} : { sasl: saslOf(config.sasl) }),
    connectionTimeout: 5000,
    authenticationTimeout: 10_000,
    requestTimeout: 15_000,
    enforceRequestTimeout: true,
    logLevel: logLevel.NOTHING,
    retry: RETRY,
  });
}

function tlsOf(caPath: string | null): true | { ca: string } {
  if (caPath === null) return true;
  try {
    return { ca: readFileSync(caPath, 'utf8') };
  } catch (error) {
    throw new ZonerError('FILE_UNREADABLE', `KAFKA_SSL_CA_PATH: ${messageOf(error)}`, { cause: error });
  }
}

function saslOf(login: NonNullable<KafkaConfig['sasl']>): SASLOptions | Mechanism {
  if (login.mechanism === 'oauthbearer') return oauthBearer(login.token);
  const { mechanism, username, password } = login;
  // kafkajs types each mechanism apart; spelled out, a union of mechanisms would not fit any of them.
  if (mechanism === 'plain') return { mechanism, username, password };
  if (mechanism === 'scram-sha-256') return { mechanism, username, password };
  return { mechanism, username, password };
}

/** Connects an admin client for one piece of work. An idle kafkajs connection costs a few percent of a core. */
export async function withAdmin<Result>(
  config: KafkaConfig,
  work: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const admin = createKafka(config).admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
