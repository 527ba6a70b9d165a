import { join } from 'node:path';
import { redisIsHealthy } from '#stack/health.ts';
import { startProcess, waitUntilReady } from '#stack/local-process.ts';
import { freePorts } from '#stack/ports.ts';
import type { StartContext, StartedProcess } from '#stack/services.ts';

/** Valkey, which speaks Redis' protocol; every write is appended to a file in the folder. */
export async function startRedis(
  valkey: string,
  context: StartContext,
  extras: readonly string[] = [],
): Promise<StartedProcess> {
  const { folder, signal } = context;
  const [port = 0] = await freePorts(1);
  const network = ['--port', String(port), '--bind', '127.0.0.1'];
  const storage = ['--dir', folder, '--save', '', '--appendonly', 'yes'];
  const started = await startProcess(
    valkey,
    [...network, ...storage, ...extras],
    folder,
    join(folder, 'valkey.log'),
  );
  context.onProcess(started.identity);
  const url = `redis://127.0.0.1:${port}`;
  await waitUntilReady(started, signal, {
    name: 'Valkey',
    says: /Ready to accept connections/,
    isHealthy: () => redisIsHealthy(url),
  });
  return { ...started, env: { REDIS_URL: url } };
}
