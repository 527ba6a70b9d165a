import type { FastifyInstance } from 'fastify';
import { ANYONE, type Authenticate } from '#api/authentication.ts';
import type { TraceRequest } from '#api/request-trace.ts';
import { type ApiDeps, type ApiOptions, createApi } from '#api/server.ts';
import type { OutgoingRecord, ProducerTransport } from '#producer/ports.ts';
import { createProducer } from '#producer/producer.ts';
import { createMemoryStore } from '#recommendations/memory-store.ts';
import { type ComputeAdvice, createReadAdvice } from '#recommendations/read-advice.ts';
import type { PersonStore } from '#recommendations/store.ts';

/** An API for tests, on a transport that keeps what it is given, or does what the test says. */
export interface Harness {
  readonly app: FastifyInstance;
  readonly sent: readonly OutgoingRecord[];
  /** What was logged, as text. */
  readonly logged: readonly string[];
  readonly people: PersonStore;
}

export interface HarnessOptions {
  readonly send?: ProducerTransport['send'];
  readonly traceRequest?: TraceRequest;
  /** Of every contract. Default 7. */
  readonly schemaId?: number;
  readonly compute?: ComputeAdvice;
  readonly authenticate?: Authenticate;
  readonly now?: number;
  /** Instead of `now`, for a test in which time goes on. */
  readonly clock?: () => number;
  readonly checks?: ApiDeps['checks'];
  readonly options?: Partial<ApiOptions>;
}

export async function apiHarness(settings: HarnessOptions = {}): Promise<Harness> {
  const sent: OutgoingRecord[] = [];
  const logged: string[] = [];
  const keep = (...args: readonly unknown[]): void => void logged.push(JSON.stringify(args));
  const transport: ProducerTransport = {
    send: settings.send ?? (async (records) => void sent.push(...records)),
    close: async () => {},
  };
  const people = createMemoryStore();
  const app = await createApi(
    {
      producer: createProducer({ transport, schemaIds: { idOf: async () => settings.schemaId ?? 7 } }),
      authenticate: settings.authenticate ?? (async () => ANYONE),
      people,
      readAdvice: createReadAdvice(people, settings.compute),
      now: settings.clock ?? (() => settings.now ?? Date.now()),
      checks: settings.checks ?? {},
      ...(settings.traceRequest === undefined ? {} : { traceRequest: settings.traceRequest }),
      log: { debug: keep, info: keep, warn: keep, error: keep },
    },
    { version: '0.0.0', rateLimit: 10_000, hosts: null, ...settings.options },
  );
  return { app, sent, logged, people };
}
