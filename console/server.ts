import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { type Authenticate, SCOPE_READ } from '#api/authentication.ts';
import { openStream } from '#api/event-routes.ts';
import { createEventStreams, STREAM_LIMITS, type StreamLimits } from '#api/event-stream.ts';
import { addHealth, createReadiness } from '#api/health.ts';
import { createHttpServer, type HttpOptions } from '#api/http-server.ts';
import { addAsset, ICON } from '#api/page-routes.ts';
import { principalOf } from '#api/principal.ts';
import { Refusal } from '#api/problem.ts';
import type { Board } from '#console/board.ts';
import { contractPage } from '#console/page/contract-page.ts';
import { createOverviewPage } from '#console/page/overview-page.ts';
import { recordPage } from '#console/page/record-page.ts';
import type { RecordLife, RecordPlace } from '#console/record-life.ts';
import type { Contract } from '#contract/contract.ts';
import type { Log } from '#core/log.ts';

export interface ConsoleDeps {
  readonly board: Board;
  readonly authenticate: Authenticate;
  readLife(contract: Contract, place: RecordPlace): Promise<RecordLife>;
  readonly log: Log;
}

export type ConsoleOptions = HttpOptions & { readonly streamLimits?: StreamLimits };

const HTML = 'text/html; charset=utf-8';
/** Of all readers together: one question to the board, which knows the answer. */
const LIMITS: StreamLimits = { ...STREAM_LIMITS, pollMs: 1000, mostReaders: 100 };

/** The operator's page, not yet listening. Every route reads; none changes anything. */
export async function createConsole(deps: ConsoleDeps, options: ConsoleOptions): Promise<FastifyInstance> {
  const { board, authenticate, log } = deps;
  const app = await createHttpServer({ authenticate, log }, { ...options, forms: true });
  app.addHook('preHandler', async (request) => {
    if (request.is404 || request.routeOptions.config.open === true) return;
    const { userId, scopes } = principalOf(request);
    // The page is about everyone's records, so nobody sees it in their own name alone.
    if (userId !== null && !scopes.has(SCOPE_READ))
      throw new Refusal(403, `The console needs a token with the scope ${SCOPE_READ}.`);
  });
  // Ready while it answers: that a system is down is what it is there to show.
  addHealth(app, createReadiness({}));
  const overviewPage = createOverviewPage(board);
  app.get('/', async (_request, reply) => reply.type(HTML).send(overviewPage()));
  app.get('/contracts/:name', async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    return reply.type(HTML).send(
      contractPage(
        board,
        contractOf(board, (each) => each.name === name),
      ),
    );
  });
  app.get('/record', async (request, reply) => {
    const place = placeOf(request.query as Record<string, unknown>);
    if (place === null) return reply.type(HTML).send(recordPage(board, null));
    const contract = contractOf(board, ({ topic }) => topic === place.topic);
    return reply.type(HTML).send(recordPage(board, await deps.readLife(contract, place)));
  });
  addStream(app, board, options.streamLimits ?? LIMITS);
  const file = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  addAsset(app, 'page.css', 'text/css; charset=utf-8', file('../api/page/style.css'));
  addAsset(app, 'console.css', 'text/css; charset=utf-8', file('./page/console.css'));
  addAsset(app, 'details.css', 'text/css; charset=utf-8', file('./page/details.css'));
  addAsset(app, 'live.js', 'text/javascript; charset=utf-8', file('../api/page/live.js'));
  addAsset(app, 'icon.svg', 'image/svg+xml', ICON);
  return app;
}

function contractOf(board: Board, isWanted: (contract: Contract) => boolean): Contract {
  const found = board.contracts.find(isWanted);
  if (found === undefined) throw new Refusal(404, 'There is no such contract here.');
  return found;
}

/** Null: nothing was asked for yet. @throws Refusal 400 */
function placeOf({ topic, partition, offset }: Record<string, unknown>): RecordPlace | null {
  if (topic === undefined && partition === undefined && offset === undefined) return null;
  if (typeof topic !== 'string' || !/^\d{1,9}$/.test(String(partition)) || !/^\d{1,19}$/.test(String(offset)))
    throw new Refusal(400, 'A topic, a partition and an offset are needed: whole numbers from zero.');
  return { topic, partition: Number(partition), offset: BigInt(String(offset)) };
}

/** Server-sent events, one whenever there is something new to show. */
function addStream(app: FastifyInstance, board: Board, limits: StreamLimits): void {
  const read = async () => {
    board.look();
    return { version: board.version };
  };
  const streams = createEventStreams({ read }, () => board.now, limits);
  app.addHook('preClose', async () => streams.close());
  app.get('/events', async (request, reply) => openStream(streams, 'board', request, reply));
}
