import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { exampleActivity } from '#api/testing/example-bodies.ts';
import type { Bench, Figure } from '#bench/bench-table.ts';
import { type Config, parseConfig } from '#core/config.ts';
import { accepted, nights } from '#recommendations/advice/person-examples.ts';
import { createActivityFold } from '#recommendations/fold.ts';
import { openRedisStore } from '#recommendations/redis-store.ts';
import { startShortLived } from '#stack/short-lived.ts';

const CONNECTIONS = 32;
const SECONDS = 8;
const WARM_UP_SECONDS = 2;
const BATCH = 100;
const PROGRAM = fileURLToPath(new URL('../cli/zoner.ts', import.meta.url));
const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon/autocannon.js');

const run = promisify(execFile);

interface Load {
  readonly requests: { readonly average: number };
  readonly latency: { readonly p99: number };
  readonly non2xx: number;
  readonly errors: number;
}

/** Requests a second and p99 of `zoner serve` on the real services: reads, and writes that the broker acknowledged. */
export const api: Bench = {
  async run(tell) {
    const services = await startShortLived(process.env, new AbortController().signal, ({ name }) =>
      tell(`${name} is up`),
    );
    const env = { ...process.env, ...services.env };
    let server: ChildProcess | null = null;
    try {
      for (const room of ['registry', 'topics'])
        await run(process.execPath, [PROGRAM, room, 'apply'], { env });
      await rememberSomebody(parseConfig(env));
      server = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0', '--rate-limit', '100000000'], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      return { setting: SETTING, figures: await measure(await addressOf(server), tell) };
    } finally {
      server?.kill('SIGTERM');
      await services.stop();
    }
  },
};

const SETTING = {
  load: `autocannon, ${CONNECTIONS} connections for ${SECONDS} s after ${WARM_UP_SECONDS} s; one server process`,
  services: 'Kafka, registry and Redis on the same machine; acks=all',
  node: process.version,
};

async function rememberSomebody({ redis }: Config): Promise<void> {
  const store = await openRedisStore(redis);
  await store.startFirstEpoch();
  const records = nights(new Date(Date.now() - 3 * 3_600_000).toISOString(), 14, 'Europe/Berlin');
  await createActivityFold(store).write(accepted(records), new AbortController().signal);
  await store.close();
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: stdout })) {
    const found = /listens on (http:\S+)/.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error('the server ended before it listened');
}

async function measure(base: string, tell: (line: string) => void): Promise<readonly Figure[]> {
  const one = JSON.stringify(exampleActivity());
  const many = JSON.stringify(Array.from({ length: BATCH }, () => exampleActivity()));
  const cases: readonly (readonly [what: string, path: string, body: string | null])[] = [
    ['a trip list read', '/v1/users/ada/trips', null],
    ['recommendations read', '/v1/users/ada/recommendations', null],
    ['one activity written', '/v1/activity', one],
    [`${BATCH} activities written`, '/v1/activity', many],
  ];
  const figures: Figure[] = [];
  for (const [what, path, body] of cases) {
    tell(what);
    await load(`${base}${path}`, body, WARM_UP_SECONDS);
    const { requests, latency, non2xx, errors } = await load(`${base}${path}`, body, SECONDS);
    const figure = (name: string, measured: number, unit: string, limit: Figure['limit'] = null): Figure => {
      return { what: `${what}: ${name}`, measured, unit, limit, aim: null };
    };
    figures.push(figure('requests/s', Math.round(requests.average), ''), figure('p99', latency.p99, ' ms'));
    figures.push(figure('not answered with success', non2xx + errors, '', { atMost: 0 }));
  }
  return figures;
}

/** In a process of its own, so that the load does not wait for what measures it. */
async function load(url: string, body: string | null, seconds: number): Promise<Load> {
  const post = body === null ? [] : ['-m', 'POST', '-H', 'content-type=application/json', '-b', body];
  const args = [AUTOCANNON, '-j', '-n', '-c', String(CONNECTIONS), '-d', String(seconds), ...post, url];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 10_000_000 });
  return JSON.parse(stdout) as Load;
}
