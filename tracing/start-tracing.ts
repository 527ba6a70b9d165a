import { context, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { samplerOf } from '#tracing/sampler.ts';

export interface TracingOptions {
  /** What this process is called unless OTEL_SERVICE_NAME says otherwise. */
  readonly service: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where spans go; absent: to the collector that the OTEL_EXPORTER_OTLP_* variables name, over HTTP. */
  readonly processor?: SpanProcessor;
  /** Told once when spans cannot be exported. */
  onFailure(why: string): void;
}

/**
 * Makes OpenTelemetry's API work in this process: from now on spans are recorded and contexts follow asynchronous calls.
 * `close` sends what is left; a collector that does not answer keeps nobody from ending.
 */
export async function startTracing(options: TracingOptions): Promise<{ close(): Promise<void> }> {
  const { service, version, env, onFailure } = options;
  let told = false;
  const tell = (why: string): void => {
    if (!told) onFailure(why);
    told = true;
  };
  const ignore = (): void => undefined;
  diag.setLogger(
    { error: tell, warn: ignore, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  const own = resourceFromAttributes({ 'service.name': service, 'service.version': version });
  const resource = defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }));
  const processor = options.processor ?? (await exporting());
  const provider = new TracerProvider({ resource, sampler: samplerOf(env), spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    async close() {
      await provider.shutdown().catch(ignore);
      trace.disable();
      propagation.disable();
      context.disable();
      diag.disable();
    },
  };
}

async function exporting(): Promise<SpanProcessor> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  return new BatchSpanProcessor({ exporter: new OTLPTraceExporter() });
}
