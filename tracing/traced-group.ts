import {
  type Attributes,
  context,
  isSpanContextValid,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { ConsumeDeps } from '#consumer/deps.ts';
import type { Partitioned } from '#consumer/outcome.ts';
import type { Batch, KafkaRecord, RecordSink } from '#consumer/ports.ts';
import { isZonerError } from '#core/errors.ts';
import { kafkaAttributes, TRACER } from '#tracing/attributes.ts';
import { contextOf, isTraced } from '#tracing/carrier.ts';

/** As many as the SDK keeps unless it is told otherwise. */
const MOST_LINKS = 128;

/**
 * One span a batch, which links to the contexts that its records were sent in; and, once its rows are durable, one span a
 * traced record in that record's own trace: from the beginning of the batch until then, with what became of it. So a
 * trace that began with a request ends with its row.
 */
export function traceGroup(deps: ConsumeDeps): ConsumeDeps {
  const tracer = trace.getTracer(TRACER);
  const { transport, group } = deps;
  const begun = new WeakMap<Span, number>();
  const begin = (batch: Batch): Span => {
    const span = batchSpan(tracer, group, batch);
    begun.set(span, Date.now());
    return span;
  };
  return {
    ...deps,
    transport: {
      exactHeaders: transport.exactHeaders,
      run: (options) =>
        transport.run({
          ...options,
          onBatch: (batch) => inSpan(begin(batch), () => options.onBatch(batch)),
        }),
    },
    onBatch(contract, outcome, written) {
      const batch = trace.getActiveSpan();
      if (batch !== undefined) {
        const since = begun.get(batch) ?? Date.now();
        for (const each of settled(outcome)) settleSpan(tracer, { group, batch, since }, each);
      }
      deps.onBatch(contract, outcome, written);
    },
  };
}

/** A span around each write, within that of its batch. @param system by its name in OpenTelemetry's conventions */
export function traceSink(contract: string, sink: RecordSink, system: 'snowflake' | 'redis'): RecordSink {
  const tracer = trace.getTracer(TRACER);
  return {
    write(records, signal) {
      const attributes = { 'db.system.name': system, 'db.operation.batch.size': records.length };
      const span = tracer.startSpan(`write ${contract}`, { kind: SpanKind.CLIENT, attributes });
      return inSpan(span, () => sink.write(records, signal));
    },
  };
}

/** The id of the trace that is at work here, for a line of the log; undefined where none is. */
export function activeTraceId(): string | undefined {
  const at = trace.getActiveSpan()?.spanContext();
  return at !== undefined && isSpanContextValid(at) ? at.traceId : undefined;
}

async function inSpan<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    span.setAttribute('error.type', isZonerError(error) ? error.code : 'UNKNOWN');
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function batchSpan(tracer: Tracer, group: string, { topic, partition, records }: Batch): Span {
  const links: Link[] = [];
  const seen = new Set<string>();
  for (const { headers } of records) {
    if (links.length === MOST_LINKS) break;
    const sender = senderOf(headers);
    if (sender === undefined || seen.has(sender.spanId)) continue;
    seen.add(sender.spanId);
    links.push({ context: sender });
  }
  const attributes = kafkaAttributes('process', topic, {
    ...placeOf(group, partition, records[0]?.offset),
    'messaging.batch.message_count': records.length,
  });
  return tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes, links, root: true });
}

interface Settled {
  readonly record: KafkaRecord;
  readonly outcome: 'row' | 'refused' | 'skipped';
  readonly code?: string;
}

function* settled({ accepted, refused, skipped }: Partitioned): Generator<Settled> {
  for (const { record } of accepted) yield { record, outcome: 'row' };
  for (const { record, code } of refused) yield { record, outcome: 'refused', code };
  for (const { record } of skipped) yield { record, outcome: 'skipped' };
}

interface At {
  readonly group: string;
  readonly batch: Span;
  /** When the batch began, in milliseconds since 1970. */
  readonly since: number;
}

function settleSpan(tracer: Tracer, { group, batch, since }: At, { record, outcome, code }: Settled): void {
  const { topic, partition, offset, headers } = record;
  if (!isTraced(headers)) return;
  const parent = contextOf(headers);
  if (trace.getSpanContext(parent) === undefined) return;
  const attributes = kafkaAttributes('settle', topic, {
    ...placeOf(group, partition, offset),
    'zoner.outcome': outcome,
    ...(code === undefined ? {} : { 'error.type': code }),
  });
  const links = [{ context: batch.spanContext() }];
  const options = { kind: SpanKind.CONSUMER, attributes, links, startTime: since };
  const span = tracer.startSpan(`settle ${topic}`, options, parent);
  if (code !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function placeOf(group: string, partition: number, offset: bigint | undefined): Attributes {
  return {
    'messaging.consumer.group.name': group,
    'messaging.destination.partition.id': String(partition),
    ...(offset === undefined ? {} : { 'messaging.kafka.offset': Number(offset) }),
  };
}

function senderOf(headers: KafkaRecord['headers']): SpanContext | undefined {
  return isTraced(headers) ? trace.getSpanContext(contextOf(headers)) : undefined;
}
