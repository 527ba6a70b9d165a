import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Engine, EngineResult } from '#snowflake/local/engine.ts';
import { SqlError } from '#snowflake/local/sql-error.ts';

export interface LocalSnowflake {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves Snowflake's HTTP protocol, as far as its Node driver uses it, on 127.0.0.1. */
export async function serve(engine: Engine, port: number): Promise<LocalSnowflake> {
  const sessions = new Set<string>();
  const server = createServer((request, response) => {
    handle(request, engine, sessions).then(
      (answer) => send(response, answer),
      // A 5xx would make the driver retry for a minute and a half.
      (error: unknown) => send(response, failure(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => close(server),
  };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

type Answer = Readonly<Record<string, unknown>>;

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer));
}

/** What the driver reads off every answer; without BINARY_OUTPUT_FORMAT it ends the process on a binary column. */
const PARAMETERS = Object.entries({
  BINARY_OUTPUT_FORMAT: 'HEX',
  CLIENT_RESULT_CHUNK_SIZE: 160,
  // Staged binds cannot be emulated, so no bind is ever large enough.
  CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: 100_000_000,
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  JS_TREAT_INTEGER_AS_BIGINT: false,
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS.FF9',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: '',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_TZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMEZONE: 'UTC',
}).map(([name, value]) => ({ name, value }));

async function handle(request: IncomingMessage, engine: Engine, sessions: Set<string>): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/health') return { success: true, what: 'local Snowflake, not the real one' };
  const body = await readJson(request);
  if (pathname === '/session/v1/login-request') return logIn(sessions);
  if (pathname === '/telemetry/send') return { success: true, data: null };
  const token = /Token="([^"]+)"/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!sessions.has(token))
    return refusal('390104', '08003', 'Session no longer exists. New login required.');
  if (pathname === '/session' && searchParams.get('delete') === 'true') {
    sessions.delete(token);
    return { success: true, data: null };
  }
  if (pathname === '/session/heartbeat') return { success: true, data: null };
  if (pathname === '/queries/v1/query-request') return query(engine, body);
  return refusal(
    '000002',
    '0A000',
    `Unsupported by the local Snowflake, which is not the real one: ${pathname}`,
  );
}

function logIn(sessions: Set<string>): Answer {
  const token = randomUUID();
  sessions.add(token);
  const data = {
    token,
    masterToken: randomUUID(),
    parameters: PARAMETERS,
    sessionInfo: {},
    validityInSeconds: 3600,
    masterValidityInSeconds: 14_400,
  };
  return { success: true, message: null, code: null, data };
}

interface Bind {
  readonly type: string;
  readonly value: unknown;
}

async function query(engine: Engine, body: Readonly<Record<string, unknown>>): Promise<Answer> {
  const bindings = Object.values((body.bindings ?? {}) as Record<string, Bind>);
  const binds = bindings.map(({ value }) => {
    if (Array.isArray(value))
      throw new SqlError('000002', '0A000', 'Unsupported by the local Snowflake: array binds');
    return value === null || value === undefined ? null : String(value);
  });
  const result = await engine.execute(String(body.sqlText ?? ''), binds);
  return { success: true, message: null, code: null, data: answerData(result) };
}

/** Kinds of statements as the driver knows them: it counts changed rows only for these. */
const STATEMENT_TYPES = { query: 0x1000, merge: 0x3400, other: 0x4000 } as const;

function answerData({ columns, rows, statement }: EngineResult): Answer {
  return {
    rowtype: columns,
    rowset: rows,
    // Without it the driver never calls back.
    returned: rows.length,
    total: rows.length,
    parameters: PARAMETERS,
    queryId: randomUUID(),
    statementTypeId: STATEMENT_TYPES[statement],
    queryResultFormat: 'json',
    version: 1,
  };
}

function failure(error: unknown): Answer {
  if (error instanceof SqlError) return refusal(error.code, error.sqlState, error.message);
  return refusal(
    '000603',
    'XX000',
    `SQL execution internal error: ${error instanceof Error ? error.message : error}`,
  );
}

function refusal(code: string, sqlState: string, message: string): Answer {
  return { success: false, code, message, data: { sqlState, queryId: randomUUID(), errorCode: code } };
}

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) return {};
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return JSON.parse((isGzip ? gunzipSync(bytes) : bytes).toString('utf8')) as Record<string, unknown>;
}
