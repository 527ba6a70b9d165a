import { bodySchema, type SchemaJson } from '#api/body-schema.ts';
import { LONGEST_USER_ID, MOST_RECORDS } from '#api/read-body.ts';
import tripPlanSchema from '#generated/trip-plan/json-schema.json' with { type: 'json' };
import { TripPlan } from '#generated/trip-plan/types.ts';
import userActivitySchema from '#generated/user-activity/json-schema.json' with { type: 'json' };
import { UserActivity } from '#generated/user-activity/types.ts';

type Json = { readonly [key: string]: unknown };

/** What the API is, as an OpenAPI 3.1 document; its schemas of records are those that codegen writes. */
export function openApiDocument(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Zoner',
      version,
      description:
        'Sleep, meals, light and trips in; what to do for the body clock out. Advice, not medicine.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, {}],
    paths: {
      '/v1/activity': { post: ingest('sendActivity', 'UserActivity', 'Send sleep, meals or light') },
      '/v1/trips': { post: ingest('sendTrips', 'TripPlan', 'Send plans of trips') },
      '/v1/users/{id}/recommendations': {
        get: ofPerson('recommendations', 'What to do today, when and why'),
      },
      '/v1/users/{id}/circadian': {
        get: ofPerson('circadian', 'Each night of the body clock in the last two weeks'),
      },
      '/v1/users/{id}/trips': { get: ofPerson('trips', 'The trips that are known') },
      '/v1/users/{id}/events': { get: EVENTS },
      '/v1/openapi.json': { get: open('openApi', 'This document') },
      '/health/live': { get: open('live', 'Whether this process answers') },
      '/health/ready': {
        get: {
          ...open('ready', 'Whether the services that it needs answer'),
          responses: { ...OK, 503: { description: 'One of them does not.' } },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: {
        ...definitionsOf(userActivitySchema, UserActivity.schema),
        ...definitionsOf(tripPlanSchema, TripPlan.schema),
        Problem: PROBLEM,
      },
      responses: REFUSALS,
    },
  };
}

const OK = { 200: { description: 'Fine.', content: { 'application/json': { schema: { type: 'object' } } } } };

function open(operationId: string, summary: string): Json {
  return { operationId, summary, security: [], responses: OK };
}

const PERSON = {
  name: 'id',
  in: 'path',
  required: true,
  schema: { type: 'string', minLength: 1, maxLength: LONGEST_USER_ID },
};

function ofPerson(operationId: string, summary: string): Json {
  return {
    operationId,
    summary,
    parameters: [PERSON],
    responses: { ...OK, ...refusals(401, 403, 404, 429, 503) },
  };
}

const EVENTS = {
  operationId: 'events',
  summary: 'Server-sent events: one `changed` for each change of what is known; the id is its version',
  parameters: [
    PERSON,
    { name: 'Last-Event-ID', in: 'header', schema: { type: 'string' } },
    {
      name: 'after',
      in: 'query',
      description: 'As Last-Event-ID, for the first request.',
      schema: { type: 'string' },
    },
  ],
  responses: {
    200: { description: 'A stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    ...refusals(401, 403, 429, 503),
  },
};

function ingest(operationId: string, record: string, summary: string): Json {
  const one = { $ref: `#/components/schemas/${record}` };
  return {
    operationId,
    summary,
    description: 'Accepted whole or not at all. The same event or plan sent twice has the effect of one.',
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { oneOf: [one, { type: 'array', items: one, minItems: 1, maxItems: MOST_RECORDS }] },
        },
      },
    },
    responses: {
      202: {
        description: 'The broker has acknowledged all of them.',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { accepted: { type: 'integer' } },
              required: ['accepted'],
            },
          },
        },
      },
      ...refusals(400, 401, 403, 413, 415, 429, 503),
    },
  };
}

const WHY: Readonly<Record<number, string>> = {
  400: 'Not JSON, or not as the contract says: `errors` names each field.',
  401: 'No token, or one that is not valid here.',
  403: 'The token is for somebody else.',
  404: 'Nothing is known of this person yet.',
  413: 'The body is too large.',
  415: 'The body is not application/json.',
  429: 'Too many requests; Retry-After says when to try again.',
  503: 'A service does not answer; Retry-After says when to try again.',
};

/** References to the answers that are not success. */
export function refusals(...statuses: readonly number[]): Json {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/refused-${status}` }]),
  );
}

const REFUSALS = Object.fromEntries(
  Object.entries(WHY).map(([status, description]) => [
    `refused-${status}`,
    {
      description,
      ...(status === '429' || status === '503'
        ? { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } } }
        : {}),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
);

const PROBLEM = {
  description: 'RFC 9457.',
  type: 'object',
  required: ['status', 'title', 'detail'],
  properties: {
    status: { type: 'integer' },
    title: { type: 'string' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer into the body.' },
          message: { type: 'string' },
        },
      },
    },
  },
};

/** The definitions of a generated JSON Schema, at home in this document. */
function definitionsOf(schema: SchemaJson, avro: string): Json {
  const text = JSON.stringify(bodySchema(schema, avro).$defs);
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}
