import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TRACE_PARENT, TRACE_STATE, traceIdOf } from '#core/trace-parent.ts';
import type { Headers } from '#producer/ports.ts';

/** Follows a request to its records. */
export interface RequestTrace {
  /** 32 hexadecimal digits, for the log; null where there is no trace. */
  readonly traceId: string | null;
  /** Sends records to a topic. `work` is given the headers that tell of the trace. */
  publish(topic: string, records: number, work: (headers: Headers) => Promise<void>): Promise<void>;
  answered(status: number): void;
}

/** The route is as it was declared: it names nobody. */
export interface TracedRequest {
  readonly method: string;
  readonly route: string;
  readonly headers: IncomingHttpHeaders;
}

export type TraceRequest = (request: TracedRequest) => RequestTrace;

/** Where nobody traces, what the client says of its own trace goes along, unless it is damaged. */
export function forwardTrace({ headers }: Pick<TracedRequest, 'headers'>): RequestTrace {
  const parent = headers[TRACE_PARENT];
  const traceId = typeof parent === 'string' ? traceIdOf(parent) : null;
  const carried =
    traceId === null ? [] : [TRACE_PARENT, TRACE_STATE].flatMap((name) => header(name, headers));
  return {
    traceId,
    publish: (_topic, _records, work) => work(carried),
    answered: () => undefined,
  };
}

/** Every request has a trace from its first hook on. */
export function addRequestTraces(app: FastifyInstance, traceRequest: TraceRequest = forwardTrace): void {
  const traces = new WeakMap<FastifyRequest, RequestTrace>();
  app.decorate('traceOf', (request: FastifyRequest) => traces.get(request) ?? forwardTrace(request));
  app.addHook('onRequest', async (request) => {
    const { method, headers } = request;
    traces.set(request, traceRequest({ method, route: request.routeOptions.url ?? 'unknown', headers }));
  });
  app.addHook('onResponse', async (request, { statusCode }) => traceOf(request).answered(statusCode));
}

export function traceOf(request: FastifyRequest): RequestTrace {
  return request.server.traceOf(request);
}

function header(name: string, headers: IncomingHttpHeaders): Headers {
  const value = headers[name];
  return typeof value === 'string' ? [[name, Buffer.from(value, 'latin1')]] : [];
}

declare module 'fastify' {
  interface FastifyInstance {
    traceOf(request: FastifyRequest): RequestTrace;
  }
}
