import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ANYONE, type Authenticate, tokenOf } from '#api/authentication.ts';
import { addEventRoutes } from '#api/event-routes.ts';
import type { StreamLimits } from '#api/event-stream.ts';
import { closeGracefully } from '#api/graceful-close.ts';
import { addHealth, type Checks, createReadiness } from '#api/health.ts';
import { hostGuard } from '#api/host-guard.ts';
import { addIngestRoutes } from '#api/ingest-routes.ts';
import { openApiDocument } from '#api/openapi.ts';
import { addPageRoutes } from '#api/page-routes.ts';
import { addPersonRoutes, type People } from '#api/person-routes.ts';
import { PROBLEM_TYPE, problemOfError, Refusal } from '#api/problem.ts';
import { addRequestTraces, type TraceRequest, traceOf } from '#api/request-trace.ts';
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

/** Who wants to know how the server does. Routes are as they were declared: they name nobody. */
export interface ApiWatch {
  answered(answer: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  listening(readers: () => number): void;
}

export interface ApiOptions {
  readonly version: string;
  /** Requests a minute of one person, or of one address where nobody is known. */
  readonly rateLimit: number;
  readonly streamLimits?: StreamLimits;
  readonly timeouts?: Timeouts;
  /** Host names that a server without authentication answers to; null: any. */
  readonly hosts: ReadonlySet<string> | null;
}

/** Half a mebibyte of JSON is less than the broker's limit for a batch once it is Avro. */
export const MOST_BYTES = 512 * 1024;
const KEEP_ALIVE_MS = 65_000;

/** How long a client may take over its request, in milliseconds; then it is answered with 408 and let go. */
export interface Timeouts {
  readonly headersMs: number;
  /** Headers and body together. */
  readonly requestMs: number;
  /** How often that is looked after. */
  readonly lookMs: number;
}

const TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000, lookMs: 1000 };

/** The whole HTTP server, not yet listening. `close` lets what was begun come to its end. */
export async function createApi(deps: ApiDeps, options: ApiOptions): Promise<FastifyInstance> {
  const { headersMs, requestMs, lookMs } = options.timeouts ?? TIMEOUTS;
  const app = Fastify({
    logger: false,
    bodyLimit: MOST_BYTES,
    requestTimeout: requestMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    // A user id of the greatest length, each character four bytes, percent-encoded.
    routerOptions: { maxParamLength: 2400 },
    http: { headersTimeout: headersMs, connectionsCheckingInterval: lookMs },
    frameworkErrors: (error, _request, reply) => answerError(error, reply as FastifyReply),
  });
  closeGracefully(app);
  app.decorateRequest('principal');
  addRequestTraces(app, deps.traceRequest);
  app.setErrorHandler((error, request, reply) => {
    const { problem } = problemOfError(error);
    // A defect's text may quote a person's values; its place in the code does not.
    if (problem.status === 500) deps.log.error({ route: routeOf(request), at: placeOf(error) }, 'defect');
    return answerError(error, reply);
  });
  app.setNotFoundHandler((_request, reply) => answerError(new Refusal(404, 'There is nothing here.'), reply));
  app.addHook('onRequest', hostGuard(options.hosts));
  app.addHook('onRequest', async (request) => {
    const acceptsCookie = request.method === 'GET' || request.method === 'HEAD';
    request.principal = request.routeOptions.config.open
      ? ANYONE
      : await deps.authenticate(tokenOf(request.headers, acceptsCookie)).catch(asRefusal);
  });
  await app.register(rateLimit, {
    max: options.rateLimit,
    timeWindow: '1 minute',
    allowList: (request) => request.url.startsWith('/health/'),
    keyGenerator: ({ principal, ip }) =>
      principal instanceof Refusal || principal.userId === null ? ip : `user ${principal.userId}`,
    errorResponseBuilder: (_request, { after }) =>
      new Refusal(429, `Too many requests; try again in ${after}.`),
  });
  app.addHook('preParsing', async ({ principal, is404 }) => {
    if (principal instanceof Refusal && !is404) throw principal;
  });
  await app.register(helmet, HELMET);
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    // The route, not the path: a path names a person.
    const { statusCode: status, elapsedTime } = reply;
    const { traceId } = traceOf(request);
    deps.log.info(
      {
        method: request.method,
        route: routeOf(request),
        status,
        ms: Math.round(elapsedTime),
        ...(traceId === null ? {} : { trace_id: traceId }),
      },
      'answered',
    );
    const answer = { method: request.method, route: routeOf(request), status, seconds: elapsedTime / 1000 };
    deps.watch?.answered(answer);
  });
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

const HELMET = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' },
} as const;

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  const { problem, headers } = problemOfError(error);
  return reply.code(problem.status).headers(headers).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unknown';
}

/** The topmost place of a stack, without the message. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return /\n\s+at (.+)/.exec(stack)?.[1] ?? 'unknown';
}
