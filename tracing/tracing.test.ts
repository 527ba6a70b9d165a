import { context, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SamplingDecision, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { traceIdOf } from '#core/trace-parent.ts';
import type { OutgoingRecord, ProducerTransport } from '#producer/ports.ts';
import { isTracingOn } from '#tracing/is-tracing-on.ts';
import { samplerOf } from '#tracing/sampler.ts';
import { startTracing } from '#tracing/start-tracing.ts';
import { traceProducer } from '#tracing/traced-producer.ts';

let exporter: InMemorySpanExporter;
let tracing: Awaited<ReturnType<typeof startTracing>>;

beforeEach(async () => {
  // One that was shut down keeps no more spans.
  exporter = new InMemorySpanExporter();
  const processor = new SimpleSpanProcessor({ exporter });
  const onFailure = (why: string): never => expect.unreachable(why);
  tracing = await startTracing({ service: 'test', version: '0', env: {}, processor, onFailure });
});
afterEach(() => tracing.close());

const record = (more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  topic: 'naps',
  partition: null,
  key: null,
  value: null,
  headers: [],
  timestamp: null,
  ...more,
});

function keeping(sent: OutgoingRecord[], error?: Error): ProducerTransport {
  return {
    async send(records) {
      sent.push(...records);
      if (error !== undefined) throw error;
    },
    close: async () => {},
  };
}

const traceOf = ({ headers }: OutgoingRecord): string | null =>
  traceIdOf(String(headers.findLast(([name]) => name === 'traceparent')?.[1] ?? ''));

test('records carry the span that sends them, but for those that belong to another trace already', async () => {
  const sent: OutgoingRecord[] = [];
  const other = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const kept = [['traceparent', Buffer.from(other)]] as const;
  const outer = trace.getTracer('test').startSpan('outer');
  const { traceId } = outer.spanContext();
  await context.with(trace.setSpan(context.active(), outer), () =>
    traceProducer(keeping(sent)).send([record(), record({ headers: kept }), record()]),
  );
  expect(sent.map(traceOf)).toEqual([traceId, 'a'.repeat(32), traceId]);
  expect(sent[1]?.headers).toEqual(kept);
  const [span] = exporter.getFinishedSpans();
  expect(span?.attributes).toMatchObject({
    'messaging.system': 'kafka',
    'messaging.destination.name': 'naps',
    'messaging.batch.message_count': 3,
  });
});

test('a send that fails is a span that says so, and the error is the sender’s', async () => {
  const error = new Error('a value that nobody may see');
  await expect(traceProducer(keeping([], error)).send([record()])).rejects.toBe(error);
  const [span] = exporter.getFinishedSpans();
  expect(span?.attributes['error.type']).toBe('UNKNOWN');
  expect(JSON.stringify([span?.status, span?.attributes, span?.events])).not.toContain('nobody may see');
});

test('without a provider records are sent as they are', async () => {
  await tracing.close();
  const sent: OutgoingRecord[] = [];
  const records = [record()];
  await traceProducer(keeping(sent)).send(records);
  expect(sent).toEqual(records);
});

test('tracing is on where a collector is named, unless it is switched off', () => {
  const named = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  expect(isTracingOn({})).toBe(false);
  expect(isTracingOn(named)).toBe(true);
  expect(isTracingOn({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' })).toBe(true);
  expect(isTracingOn({ ...named, OTEL_SDK_DISABLED: 'true' })).toBe(false);
  expect(isTracingOn({ ...named, OTEL_TRACES_EXPORTER: 'none' })).toBe(false);
});

test.each([
  [{}, SamplingDecision.RECORD_AND_SAMPLED],
  [{ OTEL_TRACES_SAMPLER: 'unheard_of' }, SamplingDecision.RECORD_AND_SAMPLED],
  [{ OTEL_TRACES_SAMPLER: 'always_off' }, SamplingDecision.NOT_RECORD],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, SamplingDecision.NOT_RECORD],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, SamplingDecision.NOT_RECORD],
  [
    { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '1' },
    SamplingDecision.RECORD_AND_SAMPLED,
  ],
])('of %o the standard’s sampler decides %s', (env, decision) => {
  const decided = samplerOf(env).shouldSample(context.active(), 'f'.repeat(32), 'a', 0, {}, []);
  expect(decided.decision).toBe(decision);
});
