import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { TraceRequest } from '#api/request-trace.ts';
import { isZonerError } from '#core/errors.ts';
import { kafkaAttributes, TRACER } from '#tracing/attributes.ts';
import { headersOf } from '#tracing/carrier.ts';

/**
 * One span a request, in the trace that its client names, and one within it for what it sends, which its records carry. Names
 * are routes, never paths, which hold people's ids: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function createTraceRequest(): TraceRequest {
  const tracer = trace.getTracer(TRACER);
  return ({ method, route, headers }) => {
    const parent = propagation.extract(context.active(), headers);
    const attributes = { 'http.request.method': method, 'http.route': route };
    const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
    const within = trace.setSpan(parent, span);
    return {
      traceId: span.spanContext().traceId,
      async publish(topic, records, work) {
        const count = { 'messaging.batch.message_count': records };
        const sent = kafkaAttributes('send', topic, count);
        const send = tracer.startSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, attributes: sent }, within);
        try {
          await work(headersOf(trace.setSpan(within, send)));
        } catch (error) {
          send.setAttribute('error.type', isZonerError(error) ? error.code : 'UNKNOWN');
          send.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          send.end();
        }
      },
      answered(status) {
        span.setAttribute('http.response.status_code', status);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  };
}
