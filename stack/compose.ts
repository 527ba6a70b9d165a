import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { messageOf, ZonerError } from '#core/errors.ts';

const run = promisify(execFile);
const FILE = fileURLToPath(new URL('./docker-compose.yml', import.meta.url));
const LINES = 4;

/** What docker-compose.yml publishes, by service. */
export const COMPOSED = {
  kafka: { KAFKA_BROKER: '127.0.0.1:9092' },
  registry: { SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081/apis/ccompat/v7' },
  redis: { REDIS_URL: 'redis://127.0.0.1:6379' },
} as const;

export const COMPOSED_ENV: Readonly<Record<string, string>> = Object.assign({}, ...Object.values(COMPOSED));

/**
 * Starts Kafka, registry and Redis as containers that stay, and resolves when they are healthy.
 * @throws ZonerError STACK_START with Docker's last words, and nothing left behind: no engine, an image that cannot be pulled,
 * a port that is taken
 */
export async function composeUp(directory: string, signal: AbortSignal): Promise<void> {
  try {
    await compose(directory, ['up', '--detach', '--wait'], signal);
  } catch (error) {
    const said = String((error as { readonly stderr?: unknown }).stderr || messageOf(error));
    await composeDown(directory).catch(() => undefined);
    signal.throwIfAborted();
    const words = said.trim().split('\n').slice(-LINES).join('\n  ');
    throw new ZonerError('STACK_START', `Docker Compose cannot start the services:\n  ${words}`, {
      cause: error,
      remedy: 'Correct what Docker says above, or run: zoner stack up',
    });
  }
}

/** Removes the containers of this folder, and their data. */
export async function composeDown(directory: string): Promise<void> {
  await compose(directory, ['down', '--volumes']);
}

async function compose(directory: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  // Two folders have two stacks, as with local processes; only one at a time has the ports.
  const project = `zoner-stack-${createHash('sha256').update(directory).digest('hex').slice(0, 8)}`;
  const options = signal === undefined ? {} : { signal };
  await run('docker', ['compose', '--file', FILE, '--project-name', project, ...args], options);
}
