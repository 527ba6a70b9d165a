import { ZonerError } from '#core/errors.ts';

/**
 * The promise's result, or KAFKA_UNAVAILABLE if it takes longer than `milliseconds`. The work itself goes on: its outcome
 * is unknown then.
 */
export async function withDeadline<Result>(
  work: Promise<Result>,
  milliseconds: number,
  doing: string,
): Promise<Result> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      reject(new ZonerError('KAFKA_UNAVAILABLE', `Kafka gave no answer in ${milliseconds} ms (${doing}).`)),
    milliseconds,
  );
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
