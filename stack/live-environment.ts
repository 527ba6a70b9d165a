import { inject } from 'vitest';
import { type Config, parseConfig } from '#core/config.ts';

/** The environment of the services that `stack/vitest-services.ts` started, over the process' own. */
export function liveEnvironment(): Readonly<Record<string, string | undefined>> {
  return { ...process.env, ...inject('serviceEnvironment') };
}

/** The same as a configuration. */
export function liveConfig(): Config {
  return parseConfig(liveEnvironment());
}
