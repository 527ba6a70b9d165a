import { isZonerError } from '#core/errors.ts';

/** One field that is not as the contract says. */
export interface FieldProblem {
  /** JSON pointer into the request's body (RFC 6901). */
  readonly pointer: string;
  /** What is needed there; never the value that was sent. */
  readonly message: string;
}

/** An answer other than success, as `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
}

/** Refuses a request. Thrown by routes, turned into an answer by the server's error handler. */
export class Refusal extends Error {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    options: { readonly errors?: readonly FieldProblem[]; readonly headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.problem = problemOf(status, detail, options.errors);
    this.headers = options.headers ?? {};
  }
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
/** Seconds after which a client may try again what an outage refused. */
export const RETRY_AFTER_SECONDS = 5;

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Request timed out',
  413: 'Too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  429: 'Too many requests',
  500: 'Defect',
  503: 'Unavailable',
};

export function problemOf(status: number, detail: string, errors?: readonly FieldProblem[]): Problem {
  const title = TITLES[status] ?? (status < 500 ? 'Bad request' : 'Unavailable');
  return errors === undefined ? { status, title, detail } : { status, title, detail, errors };
}

/** Fastify's own refusals, by their code: their texts may quote what was sent. */
const FASTIFY: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'The body is larger than this server takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'Send application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'The body is empty.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'The body is not JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'The body is not as long as Content-Length says.'],
  FST_ERR_BAD_URL: [400, 'The path is not well-formed.'],
};

/** The answer to whatever a route threw. What is not expected is a defect, and its text stays on this side. */
export function problemOfError(error: unknown): {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
} {
  if (error instanceof Refusal) return { problem: error.problem, headers: error.headers };
  if (isZonerError(error)) return problemOfZonerError(error.code, error.message);
  const { code, statusCode } = error as { readonly code?: string; readonly statusCode?: number };
  const known = code === undefined ? undefined : FASTIFY[code];
  if (known !== undefined) return { problem: problemOf(...known), headers: {} };
  // A body that is not JSON, or one with __proto__ in it, comes as a SyntaxError of the parser.
  if (error instanceof SyntaxError) return { problem: problemOf(400, 'The body is not JSON.'), headers: {} };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { problem: problemOf(statusCode, 'This request cannot be answered.'), headers: {} };
  return { problem: problemOf(500, 'This is a defect of the server.'), headers: {} };
}

const NO_STORE = 'The store of recommendations does not answer.';
const TOO_MUCH = 'More is asked than can be computed now.';
const NOT_ACCEPTED =
  'Records cannot be accepted now; what was sent may or may not have been written. Send it again.';

function problemOfZonerError(
  code: string,
  message: string,
): { readonly problem: Problem; readonly headers: Readonly<Record<string, string>> } {
  if (code === 'VALUE_INVALID') return { problem: problemOf(400, message), headers: {} };
  const detail = code.startsWith('REDIS_') ? NO_STORE : code === 'OVERLOADED' ? TOO_MUCH : NOT_ACCEPTED;
  return { problem: problemOf(503, detail), headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };
}
