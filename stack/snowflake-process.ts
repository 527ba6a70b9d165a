import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ZonerError } from '#core/errors.ts';
import { snowflakeIsHealthy } from '#stack/health.ts';
import { startProcess, waitUntilReady } from '#stack/local-process.ts';
import { freePorts } from '#stack/ports.ts';
import type { StartContext, StartedProcess } from '#stack/services.ts';

import manifest from '../package.json' with { type: 'json' };

const ENGINE = '@duckdb/node-api';
const MAIN = fileURLToPath(new URL('../snowflake/local/main.ts', import.meta.url));

/** The local Snowflake, which is not the real one; its data stays in a file in the folder. */
export async function startSnowflake(
  context: StartContext,
  extras: readonly string[] = [],
): Promise<StartedProcess> {
  const { folder, signal } = context;
  requireEngine();
  const [port = 0] = await freePorts(1);
  const args = [MAIN, '--port', String(port), '--data', join(folder, 'snowflake.duckdb'), ...extras];
  const started = await startProcess(process.execPath, args, folder, join(folder, 'snowflake.log'));
  context.onProcess(started.identity);
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(started, signal, {
    name: 'the local Snowflake',
    says: /"url":/,
    isHealthy: () => snowflakeIsHealthy(url),
  });
  return { ...started, env: snowflakeEnvironment(url) };
}

/** Seventy megabytes that only development needs, so that the package leaves them to whoever does. */
function requireEngine(): void {
  try {
    createRequire(import.meta.url).resolve(ENGINE);
  } catch (error) {
    const version = manifest.peerDependencies[ENGINE];
    throw new ZonerError('STACK_TOOL_MISSING', `the local Snowflake needs the package ${ENGINE}`, {
      cause: error,
      remedy: `Run: npm install --save-dev ${ENGINE}@${version}; or set SNOWFLAKE_ACCOUNT for a real one.`,
    });
  }
}

/** What the driver needs; the local Snowflake takes any user and any password. */
export function snowflakeEnvironment(url: string): Readonly<Record<string, string>> {
  return {
    SNOWFLAKE_ACCESS_URL: url,
    SNOWFLAKE_ACCOUNT: 'local',
    SNOWFLAKE_USER: 'zoner',
    SNOWFLAKE_PASSWORD: 'local',
  };
}
