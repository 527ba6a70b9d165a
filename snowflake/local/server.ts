import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { CurrentSchema } from '#snowflake/local/catalog.ts';
import type { Engine } from '#snowflake/local/engine.ts';
import { type Fault, Faults, faultSchema } from '#snowflake/local/faults.ts';
import type { KeyPairCheck } from '#snowflake/local/key-pair.ts';
import {
  type Answer,
  bindsOf,
  failureAnswer,
  PARAMETERS,
  readJson,
  refusal,
  resultAnswer,
} from '#snowflake/local/protocol.ts';
import { Queries } from '#snowflake/local/queries.ts';
import type { Session } from '#snowflake/local/session.ts';
import { SqlError } from '#snowflake/local/sql-error.ts';

/** What a client said when it signed in. */
export type Login = Readonly<Record<string, unknown>>;

export interface LocalSnowflake {
  readonly url: string;
  /** What clients said when they signed in, the newest last: any user and any credential is let in. */
  readonly logins: readonly Login[];
  /** What each open session was set to. */
  parameters(): readonly Readonly<Record<string, string>>[];
  /** Orders a fault, for tests. */
  addFault(fault: Fault): void;
  /** Forgets all sessions, as a service that was restarted does. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

interface World {
  readonly engine: Engine;
  readonly sessions: Map<string, Session>;
  /** By token of a session that a fault has ended, the code that says so. */
  readonly ended: Map<string, string>;
  readonly faults: Faults;
  readonly logins: Login[];
  /** Null: everybody is let in. */
  readonly keyPair: KeyPairCheck | null;
  /** By request id: a client that repeats a request gets the answer of the first, which may still be running. */
  readonly answers: LRUCache<string, Running>;
  readonly queries: Queries;
}

type Running = ReturnType<Queries['begin']>;

/** Then Snowflake answers with the query's id and where its result will be, and the driver asks there. */
const ANSWERS_WITHIN_MS = 45_000;

/** Serves Snowflake's HTTP protocol, as far as its Node driver uses it. */
export async function serve(
  engine: Engine,
  port: number,
  keyPair: KeyPairCheck | null = null,
  host = '127.0.0.1',
): Promise<LocalSnowflake> {
  const world: World = {
    engine,
    sessions: new Map(),
    ended: new Map(),
    faults: new Faults(),
    logins: [],
    keyPair,
    answers: new LRUCache({ max: 1000 }),
    queries: new Queries(),
  };
  const server = createServer((request, response) => void respond(world, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const endSessions = async (): Promise<void> => {
    const open = [...world.sessions.values()];
    world.sessions.clear();
    await Promise.all(open.map((session) => session.close()));
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    logins: world.logins,
    parameters: () => [...world.sessions.values()].map((each) => Object.fromEntries(each.parameters)),
    addFault: (fault) => world.faults.add(fault),
    restart: endSessions,
    async close() {
      await close(server);
      await endSessions();
    },
  };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Says what to do with the connection instead of answering. */
type Reply = Answer | 'drop' | 'unavailable';

async function respond(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = await handle(world, request).catch((error: unknown): Reply => failureAnswer(error));
  if (reply === 'drop') return void request.socket.destroy();
  // A 5xx makes the driver retry for a minute and a half, so only a fault answers so.
  response.writeHead(reply === 'unavailable' ? 503 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(reply === 'unavailable' ? {} : reply));
}

const DONE: Answer = { success: true, message: null, code: null, data: null };

async function handle(world: World, request: IncomingMessage): Promise<Reply> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/health') return { success: true, what: 'local Snowflake, not the real one' };
  const body = await readJson(request);
  if (pathname === '/session/v1/login-request') return logIn(world, body, searchParams);
  if (pathname === '/telemetry/send') return DONE;
  if (pathname === '/faults') {
    const fault = faultSchema.safeParse(body);
    if (!fault.success) return refusal('000002', '22023', `no such fault: ${z.prettifyError(fault.error)}`);
    world.faults.add(fault.data);
    return DONE;
  }
  const token = /Token="([^"]+)"/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const session = world.sessions.get(token);
  if (session === undefined)
    return refusal(
      world.ended.get(token) ?? '390104',
      '08003',
      'Session no longer exists. New login required.',
    );
  if (pathname === '/session' && searchParams.get('delete') === 'true') {
    world.sessions.delete(token);
    await session.close();
    return DONE;
  }
  if (pathname === '/session/heartbeat' || pathname.endsWith('/abort-request')) return DONE;
  if (pathname === '/queries/v1/query-request') {
    return answerOnce(world, { token, session }, searchParams.get('requestId') ?? randomUUID(), body);
  }
  const query = QUERY_PATH.exec(pathname)?.groups;
  if (query?.asked !== undefined) return stateAnswer(world.queries, query.asked);
  const result = query?.result === undefined ? null : world.queries.answerOf(query.result);
  if (result !== null) return result;
  const what = `Unsupported by the local Snowflake, which is not the real one: ${pathname}`;
  return refusal('000002', '0A000', what);
}

/** Drivers name the session's database, schema and role beside the request. */
function currentOf(search: URLSearchParams): CurrentSchema | null {
  const [database, schema] = [search.get('databaseName'), search.get('schemaName')];
  return database === null || schema === null ? null : [database, schema];
}

const QUERY_PATH = /^\/monitoring\/queries\/(?<asked>[\w-]+)$|^\/queries\/(?<result>[\w-]+)\/result$/;

function stateAnswer(queries: Queries, id: string): Answer {
  const status = queries.stateOf(id);
  return { ...DONE, data: { queries: status === null ? [] : [{ id, status }] } };
}

async function logIn(
  { engine, sessions, logins, faults, keyPair }: World,
  body: Readonly<Record<string, unknown>>,
  search: URLSearchParams,
): Promise<Answer> {
  const login = (body.data ?? {}) as Login;
  logins.push(login);
  if (keyPair?.admits(login, Date.now()) === false)
    return refusal('390144', '08001', 'JWT token is invalid.');
  const token = randomUUID();
  const hold = async (sql: string): Promise<void> => {
    const fault = faults.take(sql, 'hold');
    if (fault?.kind === 'hold') await sleep(fault.ms);
  };
  sessions.set(token, await engine.openSession(hold, currentOf(search), search.get('roleName')));
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

async function answerOnce(
  { faults, answers, queries, sessions, ended }: World,
  { token, session }: { readonly token: string; readonly session: Session },
  requestId: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Reply> {
  const sql = String(body.sqlText ?? '');
  if (faults.take(sql, 'unavailable') !== null) return 'unavailable';
  const running = answers.get(requestId) ?? begin(queries, faults, session, sql, body);
  answers.set(requestId, running);
  const end = faults.take(sql, 'end-session');
  if (end?.kind === 'end-session') {
    sessions.delete(token);
    ended.set(token, end.code);
    void session.close();
    return inProgress(running);
  }
  const isDetached = faults.take(sql, 'detach') !== null;
  const reply = isDetached ? inProgress(running) : await soon(running);
  return faults.take(sql, 'drop') === null ? reply : 'drop';
}

function begin(
  queries: Queries,
  faults: Faults,
  session: Session,
  sql: string,
  body: Readonly<Record<string, unknown>>,
): Running {
  return queries.begin(
    () => run(faults, session, sql, body),
    () => session.isBlocked,
  );
}

/** The answer, or after a while that there is none yet. */
async function soon(running: Running): Promise<Answer> {
  const answered = new AbortController();
  const late = sleep(ANSWERS_WITHIN_MS, inProgress(running), { signal: answered.signal });
  late.catch(() => {});
  return Promise.race([running.answer, late]).finally(() => answered.abort());
}

function inProgress({ id }: Running): Answer {
  const data = { queryId: id, getResultUrl: `/queries/${id}/result`, progressDesc: null };
  return { success: true, message: null, code: '333334', data };
}

async function run(
  faults: Faults,
  session: Session,
  sql: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  try {
    const fault = faults.take(sql, 'slow', 'refuse');
    if (fault?.kind === 'refuse') throw new SqlError(fault.code, fault.sqlState, fault.message);
    if (fault?.kind === 'slow') await delay(session, fault.ms);
    return resultAnswer(await session.execute(sql, bindsOf(body)));
  } catch (error) {
    return failureAnswer(error);
  }
}

/** A slow statement that reaches the session's timeout is cancelled. */
async function delay({ parameters }: Session, ms: number): Promise<void> {
  const limit = Number(parameters.get('STATEMENT_TIMEOUT_IN_SECONDS') ?? 172_800);
  await sleep(Math.min(ms, limit * 1000));
  if (ms < limit * 1000) return;
  const message = `Statement reached its statement or warehouse timeout of ${limit} second(s) and was canceled.`;
  throw new SqlError('000630', '57014', message);
}
