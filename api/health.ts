import type { FastifyInstance } from 'fastify';

/** Asks each service whether it answers; a rejection means that it does not. */
export type Checks = Readonly<Record<string, () => Promise<unknown>>>;

const CHECK_MS = 3000;
/** However often health is asked for, the services are asked no more often than this. */
const REMEMBERED_MS = 1000;

interface Readiness {
  readonly status: 'ready' | 'not ready';
  readonly services: Readonly<Record<string, 'answers' | 'does not answer'>>;
}

/** Says whether the services answer. */
export type AskReadiness = () => Promise<Readiness>;

export function createReadiness(checks: Checks): AskReadiness {
  let last: { readonly at: number; readonly readiness: Promise<Readiness> } | null = null;
  return () => {
    const at = performance.now();
    if (last === null || at - last.at > REMEMBERED_MS) last = { at, readiness: ask(checks) };
    return last.readiness;
  };
}

/** `/health/live`: this process answers. `/health/ready`: so do the services that it needs. */
export function addHealth(app: FastifyInstance, readiness: AskReadiness): void {
  app.get('/health/live', { config: { open: true } }, async () => ({ status: 'live' }));
  app.get('/health/ready', { config: { open: true } }, async (_request, reply) => {
    const found = await readiness();
    return reply.code(found.status === 'ready' ? 200 : 503).send(found);
  });
}

async function ask(checks: Checks): Promise<Readiness> {
  const services = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await answers(check)] as const),
  );
  const isReady = services.every(([, answer]) => answer === 'answers');
  return { status: isReady ? 'ready' : 'not ready', services: Object.fromEntries(services) };
}

async function answers(check: () => Promise<unknown>): Promise<'answers' | 'does not answer'> {
  const late = Promise.withResolvers<'does not answer'>();
  const timer = setTimeout(() => late.resolve('does not answer'), CHECK_MS);
  const asked = check().then(
    () => 'answers' as const,
    () => 'does not answer' as const,
  );
  return Promise.race([asked, late.promise]).finally(() => clearTimeout(timer));
}
