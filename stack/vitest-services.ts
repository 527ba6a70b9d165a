import { constants } from 'node:os';
import type { TestProject } from 'vitest/node';
import { startShortLived } from '#stack/short-lived.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Endpoints of the services that the live tests share. */
    serviceEnvironment: Readonly<Record<string, string>>;
  }
}

/** Starts the services once for all live tests; vitest calls what this returns when the last one is done. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  exitOnSignals();
  const services = await startShortLived(process.env, new AbortController().signal, ({ what, ms }) => {
    process.stderr.write(`live tests: ${what} after ${(ms / 1000).toFixed(1)} s\n`);
  });
  project.provide('serviceEnvironment', services.env);
  return services.stop;
}

/**
 * vitest listens to one signal and not to the second, which a Ctrl-C from a terminal brings through npm; that one would
 * end the process without a word. An exit, in contrast, ends the services.
 */
function exitOnSignals(): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => process.exit(128 + constants.signals[name]));
  }
}
