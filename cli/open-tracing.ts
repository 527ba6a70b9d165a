import type { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import { APP_VERSION } from '#core/version.ts';

/** What puts spans around the parts of a command. */
export interface OpenTracing {
  readonly group: typeof import('#tracing/traced-group.ts').traceGroup;
  readonly sink: typeof import('#tracing/traced-group.ts').traceSink;
  readonly activeTraceId: typeof import('#tracing/traced-group.ts').activeTraceId;
  readonly producer: typeof import('#tracing/traced-producer.ts').traceProducer;
  readonly createTraceRequest: typeof import('#tracing/traced-requests.ts').createTraceRequest;
}

/**
 * Starts tracing where the environment names a collector (OTEL_EXPORTER_OTLP_ENDPOINT), until the command ends; null where it
 * does not: nothing of OpenTelemetry is loaded then.
 * @param command the service is called zoner-<command> unless OTEL_SERVICE_NAME says otherwise
 */
export async function openTracing(
  shell: Shell,
  command: string,
  resources: Resources,
): Promise<OpenTracing | null> {
  const { env } = shell;
  const { isTracingOn } = await import('#tracing/is-tracing-on.ts');
  if (!isTracingOn(env)) return null;
  const { startTracing } = await import('#tracing/start-tracing.ts');
  const { activeTraceId, traceGroup, traceSink } = await import('#tracing/traced-group.ts');
  const { traceProducer } = await import('#tracing/traced-producer.ts');
  const { createTraceRequest } = await import('#tracing/traced-requests.ts');
  const onFailure = (why: string): void => shell.tell(`traces cannot be exported: ${why}`);
  const service = `zoner-${command}`;
  resources.use(await startTracing({ service, version: APP_VERSION, env, onFailure }));
  return { group: traceGroup, sink: traceSink, activeTraceId, producer: traceProducer, createTraceRequest };
}
