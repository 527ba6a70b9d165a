import type { FastifyInstance } from 'fastify';
import type { Authenticate } from '#api/authentication.ts';
import { addEventRoutes } from '#api/event-routes.ts';
import type { StreamLimits } from '#api/event-stream.ts';
import { addHealth, type Checks, createReadiness } from '#api/health.ts';
import { type Answered, createHttpServer, type HttpOptions } from '#api/http-server.ts';
import { addIngestRoutes } from '#api/ingest-routes.ts';
import { openApiDocument } from '#api/openapi.ts';
import { addPageRoutes } from '#api/page-routes.ts';
import { addPersonRoutes, type People } from '#api/person-routes.ts';
import type { TraceRequest } from '#api/request-trace.ts';
import type { Log } from '#core/log.ts';
import type { Producer } from '#producer/producer.ts';
import type { ReadAdvice } from '#recommendations/read-advice.ts';

export interface ApiDeps {
  readonly producer: Pick<Producer, 'sendWithHeaders'>;
  readonly authenticate: Authenticate;
  readonly people: People;
  readonly readAdvice: ReadAdvice;
  readonly checks: Checks;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  readonly watch?: ApiWatch;
  /** Absent: what a client says of its own trace goes along. */
  readonly traceRequest?: TraceRequest;
}

/** Who wants to know how the server does. */
export interface ApiWatch {
  answered(answer: Answered): void;
  listening(readers: () => number): void;
}

export interface ApiOptions extends HttpOptions {
  readonly version: string;
  readonly streamLimits?: StreamLimits;
}

/** The whole API, not yet listening. */
export async function createApi(deps: ApiDeps, options: ApiOptions): Promise<FastifyInstance> {
  const { authenticate, log, watch, traceRequest } = deps;
  const answered = watch === undefined ? {} : { answered: watch.answered };
  const traced = traceRequest === undefined ? {} : { traceRequest };
  const app = await createHttpServer({ authenticate, log, ...answered, ...traced }, options);
  addHealth(app, createReadiness(deps.checks));
  addIngestRoutes(app, deps.producer);
  addPersonRoutes(app, deps.people, deps.readAdvice, deps.now);
  const streams = addEventRoutes(app, deps.people, deps.now, options.streamLimits);
  deps.watch?.listening(() => streams.readers);
  addPageRoutes(app, deps.people, deps.readAdvice, deps.now);
  const document = openApiDocument(options.version);
  app.get('/v1/openapi.json', { config: { open: true } }, async () => document);
  return app;
}
