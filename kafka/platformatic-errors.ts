import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';
import { kafkaError } from '#kafka/kafkajs-errors.ts';

/** What an error of @platformatic/kafka means to us; what brokers say means the same through any client. */
export function platformaticError(error: unknown, doing: string): ZonerError {
  if (isZonerError(error)) return error;
  const said = [...chainOf(error)];
  // The client keeps what the broker said of a missing topic to itself and gives this text.
  const missing = said.map(({ message }) => /^Unknown topic (.*)\.$/.exec(message)?.[1]).find(Boolean);
  if (missing !== undefined)
    return new ZonerError('TOPIC_MISSING', `Kafka has no topic "${missing}" (${doing}).`, { cause: error });
  if (said.some((each) => 'code' in each && each.code === 'PLT_KFK_AUTHENTICATION'))
    return new ZonerError('KAFKA_AUTH', `Kafka does not accept the credentials (${doing}).`, {
      cause: error,
    });
  if (said.length > 1 && error instanceof Error)
    return kafkaError(Object.assign(error, { message: said.map(messageOf).join(': ') }), doing);
  return kafkaError(error, doing);
}

/** The error and everything that it came from. */
function* chainOf(error: unknown, seen = new Set<unknown>()): Generator<Error> {
  if (!(error instanceof Error) || seen.has(error)) return;
  seen.add(error);
  yield error;
  if (error instanceof AggregateError) for (const each of error.errors) yield* chainOf(each, seen);
  yield* chainOf(error.cause, seen);
}
