import type { FastifyInstance } from 'fastify';
import { createEventStreams, type StreamLimits } from '#api/event-stream.ts';
import { type People, personOf } from '#api/person-routes.ts';
import { Refusal } from '#api/problem.ts';

/** `GET /v1/users/{id}/events`: server-sent events, one for each change of what is known of a person. */
export function addEventRoutes(app: FastifyInstance, people: People, limits?: StreamLimits): void {
  const streams = createEventStreams(people, limits);
  app.addHook('preClose', async () => streams.close());
  app.get('/v1/users/:id/events', async (request, reply) => {
    const id = personOf(request);
    const last = request.headers['last-event-id'];
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    reply.raw.setHeader('cache-control', 'no-store');
    if (!streams.open(id, reply.raw, Array.isArray(last) ? last[0] : last))
      throw new Refusal(503, 'Too many listen already.', { headers: { 'retry-after': '30' } });
    reply.hijack();
  });
}
