import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createEventStreams, type EventStreams, type StreamLimits } from '#api/event-stream.ts';
import { type People, personOf } from '#api/person-routes.ts';
import { principalOf } from '#api/principal.ts';
import { Refusal } from '#api/problem.ts';

/**
 * `GET /v1/users/{id}/events`: server-sent events, one for each change of what is known of a person. Begins after the
 * version in `Last-Event-ID`, or for a reader that comes for the first time in `?after=`; without either, now.
 */
export function addEventRoutes(
  app: FastifyInstance,
  people: People,
  now: () => number,
  limits?: StreamLimits,
): EventStreams {
  const streams = createEventStreams(people, now, limits);
  app.addHook('preClose', async () => streams.close());
  app.get('/v1/users/:id/events', async (request, reply) =>
    openStream(streams, personOf(request), request, reply),
  );
  return streams;
}

/** Answers a request with the stream of what it listens to. @throws Refusal 503 if too many listen already */
export function openStream(
  streams: EventStreams,
  id: string,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { after } = request.query as { readonly after?: string | readonly string[] };
  const last = request.headers['last-event-id'] ?? after;
  const listener = {
    userId: id,
    lastEventId: typeof last === 'string' ? last : undefined,
    until: principalOf(request).expiresAt,
  };
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.setHeader('cache-control', 'no-store');
  if (!streams.open(reply.raw, listener))
    throw new Refusal(503, 'Too many listen already.', { headers: { 'retry-after': '30' } });
  reply.hijack();
}
