import pRetry from 'p-retry';
import { isZonerError, type ZonerError } from '#core/errors.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { brokerCodesOf } from '#kafka/kafkajs-errors.ts';

/** Questions to a cluster over one admin client, which stays connected between them until `close`. */
export interface AdminQuestions<Admin> {
  /** @throws ZonerError what `toError` makes of it */
  ask<Answer>(doing: string, question: (admin: Admin) => Promise<Answer>): Promise<Answer>;
  close(): Promise<void>;
}

interface AdminQuestionsDeps<Admin> {
  connect(): Promise<Admin>;
  disconnect(admin: Admin): Promise<unknown>;
  /** What the broker says for a moment after a topic, a partition or a coordinator came to be: it is asked again. */
  readonly settling: ReadonlySet<string>;
  toError(error: unknown, doing: string): ZonerError;
}

const DEADLINE_MS = 30_000;

export function createAdminQuestions<Admin>({
  connect,
  disconnect,
  settling,
  toError,
}: AdminQuestionsDeps<Admin>): AdminQuestions<Admin> {
  let connected: Promise<Admin> | null = null;

  const close = async (): Promise<void> => {
    const closing = connected;
    connected = null;
    await closing?.then(disconnect).catch(() => undefined);
  };
  const askOnce = async <Answer>(doing: string, question: (admin: Admin) => Promise<Answer>) => {
    try {
      connected ??= connect();
      return await withDeadline(connected.then(question), DEADLINE_MS, doing);
    } catch (error) {
      // What a client knows of leaders and coordinators may be why it failed, and none comes back by itself from all of it.
      if (!isZonerError(error, 'TOPIC_MISSING')) void close();
      throw error;
    }
  };
  return {
    async ask(doing, question) {
      try {
        return await pRetry(() => askOnce(doing, question), {
          retries: 5,
          minTimeout: 100,
          shouldRetry: ({ error }) => brokerCodesOf(error).some((code) => settling.has(code)),
        });
      } catch (error) {
        throw toError(error, doing);
      }
    },
    close,
  };
}
