import type { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import type { Reference } from '#registry/client.ts';

type Middleware = NonNullable<ConstructorParameters<typeof SchemaRegistry>[0]['middlewares']>[number];

/**
 * What `@kafkajs/confluent-schema-registry` 4.1.0 lacks in a lookup: it drops the references, so that no schema with one is
 * ever found; it waits for ever for a silent server; and it knows no bearer token.
 */
export function lookUpMiddleware(
  references: readonly Reference[],
  timeoutMs: number,
  token: string | null,
): Middleware {
  return () => ({
    request: (request) => {
      const body: unknown = request.body();
      const sent: unknown = typeof body === 'string' ? JSON.parse(body) : body;
      const complete = references.length > 0 && typeof sent === 'object' ? { ...sent, references } : sent;
      return request.enhance({
        body: JSON.stringify(complete),
        signal: AbortSignal.timeout(timeoutMs),
        ...(token === null ? {} : { headers: { authorization: `Bearer ${token}` } }),
      });
    },
  });
}
