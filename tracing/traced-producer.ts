import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { isZonerError } from '#core/errors.ts';
import type { OutgoingRecord, ProducerTransport } from '#producer/ports.ts';
import { kafkaAttributes, TRACER } from '#tracing/attributes.ts';
import { headersOf, isTraced } from '#tracing/carrier.ts';

/**
 * One span a send, in the context of whoever sends; its records carry it, but for those that carry another already: what
 * the API was posted, and what is replayed.
 */
export function traceProducer(transport: ProducerTransport): ProducerTransport {
  const tracer = trace.getTracer(TRACER);
  return {
    async send(records) {
      const topics = [...new Set(records.map(({ topic }) => topic))];
      const count = { 'messaging.batch.message_count': records.length };
      const name = topics.join(', ');
      const attributes = kafkaAttributes('send', name, count);
      const span = tracer.startSpan(`send ${name}`, { kind: SpanKind.PRODUCER, attributes });
      const carried = headersOf(trace.setSpan(context.active(), span));
      const withContext = (record: OutgoingRecord): OutgoingRecord =>
        isTraced(record.headers) ? record : { ...record, headers: [...record.headers, ...carried] };
      try {
        await transport.send(carried.length === 0 ? records : records.map(withContext));
      } catch (error) {
        span.setAttribute('error.type', isZonerError(error) ? error.code : 'UNKNOWN');
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
    close: () => transport.close(),
  };
}
