import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where `install-promtool.ts` keeps it, for all clones of this user. */
export function promtoolFolder(env: Environment): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zoner', 'promtool');
}

/** Prometheus' own checker: where PROMTOOL_PATH, PATH or the cache has it; null where it is missing. */
export function findPromtool(env: Environment): string | null {
  const folders = [...(env.PATH ?? '').split(delimiter), join(promtoolFolder(env), 'usr', 'bin')];
  const places = [env.PROMTOOL_PATH ?? '', ...folders.map((each) => join(each, 'promtool'))];
  return places.find((place) => place !== '' && existsSync(place)) ?? null;
}
