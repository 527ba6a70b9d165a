/** Names of OpenTelemetry's conventions: https://opentelemetry.io/docs/specs/semconv/messaging/kafka/ */
import type { Attributes } from '@opentelemetry/api';

/** What our spans say they were made by. */
export const TRACER = 'zoner';

/** Of a span about a topic. Nothing of keys, values or headers ever stands in a span. */
export function kafkaAttributes(operation: string, topic: string, more: Attributes = {}): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': topic,
    ...more,
  };
}
