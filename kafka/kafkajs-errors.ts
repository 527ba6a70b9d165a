import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';
import { tlsError } from '#core/tls-error.ts';

/** The broker's own names of what went wrong, found anywhere in the chain of causes, as either client gives them. */
export function brokerCodesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  const seen = new Set<unknown>();
  const visit = (at: unknown): void => {
    if (!(at instanceof Error) || seen.has(at)) return;
    seen.add(at);
    if ('type' in at && typeof at.type === 'string') codes.push(at.type);
    if ('apiId' in at && typeof at.apiId === 'string') codes.push(at.apiId);
    if ('errors' in at && Array.isArray(at.errors)) at.errors.forEach(visit);
    visit(at.cause);
  };
  visit(error);
  return codes;
}

const TLS = { service: 'Kafka', authority: 'KAFKA_SSL_CA_PATH', address: 'KAFKA_BROKER' };

const REMEDIES: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: 'Grant this user access to the topic.',
  GROUP_AUTHORIZATION_FAILED:
    'Grant this user access to the consumer group: zoner acl print. If it has it, check that the broker is up.',
  CLUSTER_AUTHORIZATION_FAILED: 'Grant this user access to the cluster.',
  MESSAGE_TOO_LARGE: 'Raise max.message.bytes of the topic.',
  NOT_ENOUGH_REPLICAS: 'Bring back the replicas that are missing, or lower min.insync.replicas.',
};

/**
 * What an error of kafkajs means to us. Its `retriable` says nothing: a send to a broker that is down ends in an error
 * that calls itself not retriable. So all but a missing topic and records that no
 * client here can read is a moment that may pass.
 */
export function kafkaError(error: unknown, doing: string): ZonerError {
  if (isZonerError(error)) return error;
  const codes = brokerCodesOf(error);
  if (codes.includes('UNKNOWN_TOPIC_OR_PARTITION')) {
    return new ZonerError('TOPIC_MISSING', `Kafka does not know the topic (${doing}).`, { cause: error });
  }
  if (named(error, 'KafkaJSNotImplemented')) {
    return new ZonerError('TOPIC_DIFFERS', `Kafka's records cannot be read (${doing}): ${messageOf(error)}`, {
      cause: error,
      remedy: 'Let producers compress with gzip, snappy, lz4 or zstd, or not at all.',
    });
  }
  if (codes.includes('SASL_AUTHENTICATION_FAILED') || named(error, 'KafkaJSSASLAuthenticationError'))
    return new ZonerError('KAFKA_AUTH', `Kafka does not accept the credentials (${doing}).`, {
      cause: error,
    });
  const refused = tlsError(error, TLS);
  if (refused !== null) return refused;
  // kafkajs keeps to itself why it found no coordinator; for a group that the user may not read, that is all it says.
  const hidden = named(error, 'KafkaJSGroupCoordinatorNotFound') ? ['GROUP_AUTHORIZATION_FAILED'] : [];
  const remedy = [...codes, ...hidden].map((code) => REMEDIES[code]).find((text) => text !== undefined);
  return new ZonerError('KAFKA_UNAVAILABLE', `Kafka failed (${doing}): ${messageOf(error)}`, {
    cause: error,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function named(error: unknown, name: string): boolean {
  return (
    error instanceof Error && (error.name === name || (error.cause !== error && named(error.cause, name)))
  );
}

/** The error for topics that the broker does not have. */
export function missingTopics(names: readonly string[]): ZonerError {
  return new ZonerError(
    'TOPIC_MISSING',
    `Kafka has no topic ${names.map((name) => `"${name}"`).join(', ')}.`,
  );
}
