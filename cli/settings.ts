import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { withSecretFiles } from '#cli/secret-files.ts';
import type { Shell } from '#cli/shell.ts';
import { type Config, parseConfig, type SnowflakeConfig } from '#core/config.ts';
import { messageOf, ZonerError } from '#core/errors.ts';

export const LOCAL = 'local';

/** Where tables stand if nobody says otherwise: the defaults of SNOWFLAKE_DATABASE and SNOWFLAKE_SCHEMA. */
export const DEFAULT_PLACE = { database: 'ZONER_DB', schema: 'PUBLIC' };

/** Where `zoner stack up` leaves the endpoints of the services that it keeps running. */
export const STACK_ENV_FILE = join('.zoner', 'stack', 'stack.env');

/**
 * The settings of an environment. What the process was given wins over `.env.<name>`, that over `.env`; the environment
 * `local` falls back to the endpoints of a running `zoner stack`.
 * @throws ZonerError CONFIG_INVALID, FILE_UNREADABLE
 */
export function loadSettings(shell: Shell, environment: string): Config {
  const files = [`.env.${environment}`, '.env', ...(environment === LOCAL ? [STACK_ENV_FILE] : [])];
  const layers = files.map((file) => readEnvFile(join(shell.directory, file)));
  if (environment !== LOCAL && layers[0] === null) {
    throw new ZonerError('FILE_UNREADABLE', `there is no file .env.${environment} in this folder`, {
      remedy: `Copy .env.example to .env.${environment} and fill it in.`,
    });
  }
  const set = Object.fromEntries(
    Object.entries(shell.env).filter(([, value]) => value !== undefined && value !== ''),
  );
  // What a layer says of a secret counts whichever way it says it: a file here outdoes a value of a lower layer.
  const given = [...layers.reverse(), set].map((layer) => withSecretFiles(layer ?? {}, shell.directory));
  return parseConfig(Object.assign({}, ...given));
}

function readEnvFile(path: string): Record<string, string | undefined> | null {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new ZonerError('FILE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** @throws ZonerError CONFIG_INVALID if no account is set */
export function requireSnowflake(config: Config): SnowflakeConfig {
  if (config.snowflake !== null) return config.snowflake;
  throw new ZonerError('CONFIG_INVALID', 'no Snowflake account is set', {
    remedy:
      'Set SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and a credential (see .env.example), or run: zoner stack up',
  });
}
