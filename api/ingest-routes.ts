import type { FastifyInstance } from 'fastify';
import { requireUser, SCOPE_WRITE } from '#api/authentication.ts';
import type { SchemaJson } from '#api/body-schema.ts';
import { createIngest } from '#api/ingest.ts';
import { principalOf } from '#api/principal.ts';
import { createReadBody } from '#api/read-body.ts';
import { traceOf } from '#api/request-trace.ts';
import type { ContractValue } from '#generated/contract-value.ts';
import tripPlanSchema from '#generated/trip-plan/json-schema.json' with { type: 'json' };
import { TripPlan } from '#generated/trip-plan/types.ts';
import userActivitySchema from '#generated/user-activity/json-schema.json' with { type: 'json' };
import { UserActivity } from '#generated/user-activity/types.ts';
import type { Producer } from '#producer/producer.ts';

/** `POST /v1/activity` and `POST /v1/trips`: one record or up to 500; 202 when the broker has acknowledged all. */
export function addIngestRoutes(app: FastifyInstance, producer: Pick<Producer, 'sendWithHeaders'>): void {
  addIngest(app, producer, { path: '/v1/activity', contract: UserActivity, schema: userActivitySchema });
  addIngest(app, producer, { path: '/v1/trips', contract: TripPlan, schema: tripPlanSchema });
}

interface Target<Read, Write> {
  readonly path: string;
  readonly contract: ContractValue<Read, Write>;
  readonly schema: SchemaJson;
}

function addIngest<Read, Write extends { userId: string }>(
  app: FastifyInstance,
  producer: Pick<Producer, 'sendWithHeaders'>,
  { path, contract, schema }: Target<Read, Write>,
): void {
  const readBody = createReadBody(contract, schema);
  const ingest = createIngest(producer, contract);
  app.post(path, async (request, reply) => {
    const values = readBody(request.body);
    const principal = principalOf(request);
    for (const { userId } of values) requireUser(principal, userId, SCOPE_WRITE);
    await traceOf(request).publish(contract.topic, values.length, (headers) =>
      ingest.accept(values, headers),
    );
    return reply.code(202).send({ accepted: values.length });
  });
}
