import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requireUser, SCOPE_READ } from '#api/authentication.ts';
import { circadianToJson, readCourse } from '#api/circadian-course.ts';
import { principalOf } from '#api/principal.ts';
import { Refusal } from '#api/problem.ts';
import { LONGEST_USER_ID } from '#api/read-body.ts';
import { adviceToJson } from '#recommendations/advice/render.ts';
import type { Trip } from '#recommendations/person/trip.ts';
import type { ReadAdvice } from '#recommendations/read-advice.ts';
import type { Known, PersonStore } from '#recommendations/store.ts';

export type People = Pick<PersonStore, 'read'>;

/** What is known of a person: recommendations, the course of their clock, their trips. */
export function addPersonRoutes(
  app: FastifyInstance,
  people: People,
  readAdvice: ReadAdvice,
  now: () => number,
): void {
  app.get('/v1/users/:id/recommendations', async (request) => {
    const id = personOf(request);
    await knownOf(people, id);
    return adviceToJson(id, await readAdvice(id, now()));
  });
  app.get('/v1/users/:id/circadian', async (request) => {
    const id = personOf(request);
    const { history } = await knownOf(people, id);
    return circadianToJson(id, readCourse(history, now()));
  });
  app.get('/v1/users/:id/trips', async (request) => {
    const id = personOf(request);
    const { history } = await knownOf(people, id);
    return { userId: id, trips: history.trips.map(tripToJson) };
  });
}

/** The person whom a path names. @throws Refusal 403 if the token is for somebody else */
export function personOf(request: FastifyRequest): string {
  const { id } = request.params as { readonly id: string };
  if (id.length < 1 || id.length > LONGEST_USER_ID) throw new Refusal(404, 'Nobody has such a name.');
  requireUser(principalOf(request), id, SCOPE_READ);
  return id;
}

/** @throws Refusal 404 if nothing is known of this person */
export async function knownOf(people: People, id: string): Promise<Known> {
  const known = await people.read(id);
  if (known.version === 0) throw new Refusal(404, 'Nothing is known of this person yet.');
  return known;
}

function tripToJson(trip: Trip): Readonly<Record<string, unknown>> {
  const iso = (instant: number): string => new Date(instant).toISOString();
  return {
    origin: trip.origin,
    destination: trip.destination,
    departsAt: iso(trip.departsAt),
    arrivesAt: iso(trip.arrivesAt),
    plannedAt: iso(trip.plannedAt),
    status: trip.isCancelled ? 'CANCELLED' : 'PLANNED',
  };
}
