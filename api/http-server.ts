import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ANYONE, type Authenticate, tokenOf } from '#api/authentication.ts';
import { closeGracefully } from '#api/graceful-close.ts';
import { hostGuard } from '#api/host-guard.ts';
import { PROBLEM_TYPE, problemOfError, Refusal } from '#api/problem.ts';
import { addRequestTraces, type TraceRequest, traceOf } from '#api/request-trace.ts';
import type { Log } from '#core/log.ts';

export interface HttpDeps {
  readonly authenticate: Authenticate;
  readonly log: Log;
  /** Told of each answer. Routes are as they were declared: they name nobody. */
  readonly answered?: (answer: Answered) => void;
  /** Absent: what a client says of its own trace goes along. */
  readonly traceRequest?: TraceRequest;
}

export interface Answered {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export interface HttpOptions {
  /** Requests a minute of one person, or of one address where nobody is known. */
  readonly rateLimit: number;
  readonly timeouts?: Timeouts;
  /** Host names that a server without authentication answers to; null: any. */
  readonly hosts: ReadonlySet<string> | null;
  /** Whether its pages have forms, which then lead to itself. */
  readonly forms?: boolean;
}

/** Half a mebibyte of JSON is less than the broker's limit for a batch once it is Avro. */
const MOST_BYTES = 512 * 1024;
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

/**
 * A server without routes, not yet listening: it knows who asks, bounds what it takes, and answers refusals as problems.
 * Cookies count for GET and HEAD alone. `close` lets what was begun come to its end.
 */
export async function createHttpServer(deps: HttpDeps, options: HttpOptions): Promise<FastifyInstance> {
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
  await app.register(helmet, helmetOf(options.forms ?? false));
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
    deps.answered?.(answer);
  });
  return app;
}

function helmetOf(forms: boolean) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: [forms ? "'self'" : "'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
  } as const;
}

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
