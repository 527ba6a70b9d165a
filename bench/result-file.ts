import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BenchResult, shortfalls } from '#bench/bench-table.ts';

/** Writes what a bench found as JSON and gives the file's path. */
export async function writeResult(name: string, result: BenchResult): Promise<string> {
  const folder = join('.zoner', 'bench');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  const missed = shortfalls(result).map(({ what }) => what);
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), ...result, missed }, null, 2)}\n`);
  return file;
}
