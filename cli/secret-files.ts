import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SECRET_VARIABLES } from '#core/environment.ts';
import { messageOf, ZonerError } from '#core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with each secret that is given as a file, `NAME_FILE`, read into `NAME`, without the line end behind
 * it. So containers hand secrets over, which an environment shows to everybody who may inspect them.
 * @throws ZonerError CONFIG_INVALID if a secret is given both ways, FILE_UNREADABLE
 */
export function withSecretFiles(env: Environment, directory: string): Environment {
  const read: Record<string, string> = {};
  for (const name of SECRET_VARIABLES) {
    const path = env[`${name}_FILE`];
    if (path === undefined || path === '') continue;
    if (env[name]) throw new ZonerError('CONFIG_INVALID', `set either ${name} or ${name}_FILE, not both`);
    try {
      read[name] = readFileSync(resolve(directory, path), 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      throw new ZonerError('FILE_UNREADABLE', `${name}_FILE: ${messageOf(error)}`, { cause: error });
    }
  }
  return { ...env, ...read };
}
