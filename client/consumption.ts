import { setTimeout as sleep } from 'node:timers/promises';
import { parseSchema } from '#avro/parse.ts';
import { isRecord } from '#avro/union-form.ts';
import { type Closing, closing } from '#client/closing.ts';
import { inSmallBatches } from '#client/small-batches.ts';
import { type GroupEvents, wireGroup } from '#client/wire-group.ts';
import { consume, topicsOf } from '#consumer/consume.ts';
import { createHandlerSink, type Handler } from '#consumer/handler-sink.ts';
import type { RefusalCode } from '#consumer/outcome.ts';
import type { ConsumedContract } from '#consumer/ports.ts';
import { readErased } from '#consumer/read-erased.ts';
import { endsOf, reachEnds } from '#consumer/until-end.ts';
import type { Config } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import { APP_VERSION } from '#core/version.ts';
import type { ContractValue } from '#generated/contract-value.ts';

export interface ConsumeOptions {
  /** How many records a commit covers at most, and so how many a crash repeats. Default 100. */
  readonly commitEvery?: number;
  /** False: refused records are told and not kept, because another group of the topic keeps them. Default true. */
  readonly deadLetters?: boolean;
  /** Codes that may be refused in any number without stopping the topic. */
  readonly accept?: readonly RefusalCode[];
  /** How long ids that the registry does not know are asked for again. Default 60 000. */
  readonly unknownWaitMs?: number;
  /** How long the group waits for a member that died. Default 45 000. */
  readonly sessionTimeoutMs?: number;
  /** How long `stop` lets handlers finish. Default 20 000. */
  readonly drainMs?: number;
  /** A system or the handler fails, and a partition waits for it. */
  onHeld?(error: ZonerError, attempt: number, place: string): void;
  /** A record was refused; its reason holds no values. */
  onRefused?(code: RefusalCode, reason: string, place: string): void;
  /** A topic is stopped by a flood of refusals, until a person has looked at it. */
  onPaused?(topic: string, why: ZonerError): void;
}

export interface Consumption {
  /** Resolves when every record that was in the topic at the call is handled and committed. */
  caughtUp(): Promise<void>;
  /** Finishes what was begun, commits it, and leaves the group. */
  stop(): Promise<void>;
  /**
   * Resolves when it was stopped. Rejects if it ended by itself, as on IDENTITY_REUSED or a bug: an application that does
   * not look at it ends with an unhandled rejection, and not silently without its consumer.
   */
  readonly ended: Promise<void>;
}

export interface Wiring extends ConsumeOptions {
  readonly group: string;
  readonly config: Config;
  readonly log: Log;
  readonly open: Closing;
}

const POLL_MS = 100;

/** Joins the group and begins. @throws ZonerError KAFKA_UNAVAILABLE, TOPIC_MISSING */
export async function startConsumption(
  value: ContractValue<unknown, unknown>,
  handler: Handler<unknown>,
  wiring: Wiring,
): Promise<Consumption> {
  const { group, config, drainMs = 20_000 } = wiring;
  const { kafkaClient } = await import('#kafka/kafka-client.ts');
  const opened = closing();
  const stopping = new AbortController();
  const ended = Promise.withResolvers<void>();
  const contract = contractOf(value);
  try {
    const client = await kafkaClient(config.kafka);
    const offsets = opened.use(client.offsets(config.kafka));
    const ledger = { transport: client.consumer(config.kafka), offsets, signal: stopping.signal };
    const erased = await readErased(contract.topic, ledger);
    const route = { contract, sink: createHandlerSink(handler), readsRetries: true, erased };
    const deps = await wireGroup(
      config,
      groupOf(wiring, stopping.signal),
      offsets,
      eventsOf(wiring, ended.reject),
      {
        keeper: opened,
        log: wiring.log,
      },
    );
    const transport = inSmallBatches(deps.transport, wiring.commitEvery ?? 100);
    const { traceGroup } = await import('#tracing/traced-group.ts');
    const subscription = await consume([route], traceGroup({ ...deps, transport }));
    let stopped: Promise<void> | null = null;
    const close = (): Promise<void> => {
      stopping.abort();
      stopped ??= subscription.stop(drainMs).finally(() => opened.close());
      return stopped.then(ended.resolve);
    };
    wiring.open.use({ close });
    const pause = (): Promise<void> => sleep(POLL_MS, undefined, { signal: stopping.signal });
    const toEnd = async (): Promise<void> => {
      const ends = await endsOf(topicsOf(route), offsets);
      await reachEnds(group, ends, { offsets, pause, onProgress: () => {} });
    };
    const early = ended.promise.then(() => {
      throw new ZonerError('LEASE_LOST', `${group} was stopped before it had caught up`);
    });
    early.catch(() => {});
    return { ended: ended.promise, stop: close, caughtUp: () => Promise.race([toEnd(), early]) };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function groupOf(wiring: Wiring, stopping: AbortSignal) {
  const { group, accept = [], unknownWaitMs, sessionTimeoutMs = 45_000, deadLetters = true } = wiring;
  return {
    group,
    directory: process.cwd(),
    appVersion: APP_VERSION,
    keepsLetters: deadLetters,
    resolves: 'own' as const,
    sessionTimeoutMs,
    accept,
    stopping,
    ...(unknownWaitMs === undefined ? {} : { unknownWaitMs }),
  };
}

function eventsOf(wiring: Wiring, onFatal: (error: unknown) => void): GroupEvents {
  return {
    onBegin: () => {},
    onEnd: () => {},
    onReleased: () => {},
    onHeld: (error, attempt, place) => wiring.onHeld?.(error, attempt, place),
    onPaused: (topic, why) => wiring.onPaused?.(topic, why),
    onBatch(_, { refused }) {
      for (const { code, reason, origin } of refused)
        wiring.onRefused?.(code, reason, `${origin.topic}/${origin.partition}/${origin.offset}`);
    },
    onFatal,
  };
}

/** The contract as generated code carries it. */
function contractOf(value: ContractValue<unknown, unknown>): ConsumedContract {
  const { name, topic, subject, acceptSubjects, partitions, fingerprint, schema } = value;
  const root = parseSchema(schema);
  if (!isRecord(root)) throw new ZonerError('CONTRACT_INVALID', `the root of ${name} must be a record`);
  return { name, topic, subject, acceptSubjects, partitions, fingerprint, root };
}
