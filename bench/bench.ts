import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Bench, type BenchResult, renderBench, shortfalls } from '#bench/bench-table.ts';
import { choose, runEntry } from '#bench/entry.ts';
import { writeResult } from '#bench/result-file.ts';
import { ExitCode } from '#core/errors.ts';

/** Each bench in a file of its own, loaded only when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  api: async () => (await import('#bench/api.ts')).api,
  codec: async () => (await import('#bench/codec.ts')).codec,
  codegen: async () => (await import('#bench/codegen.ts')).codegen,
  check: async () => (await import('#bench/check.ts')).bench,
  consume: async () => (await import('#bench/consume.ts')).consume,
  console: async () => (await import('#bench/console.ts')).consoleBench,
  fuzz: async () => (await import('#bench/fuzz.ts')).fuzz,
  jetlag: async () => (await import('#bench/jetlag.ts')).jetlag,
  produce: async () => (await import('#bench/produce.ts')).produce,
  letters: async () => (await import('#bench/letters.ts')).letters,
  pipeline: async () => (await import('#bench/pipeline.ts')).pipeline,
  recommend: async () => (await import('#bench/recommend.ts')).recommend,
  refetch: async () => (await import('#bench/refetch.ts')).refetch,
  sink: async () => (await import('#bench/sink.ts')).sink,
};

/**
 * `npm run bench -- NAME...`: prints a table, writes `.zoner/bench/NAME.json`, exits 1 where a figure misses its limit. Several
 * names run one after the other, each in a process of its own, so that none finds another's code compiled already.
 */
await runEntry(async (names) => {
  if (names.length > 1) {
    // A name that nobody knows is refused before the first bench runs.
    for (const each of names) choose('bench', BENCHES, each);
    return Math.max(...names.map(inOwnProcess));
  }
  const [name] = names;
  const load = choose('bench', BENCHES, name);
  const { run } = await load();
  const result: BenchResult = await run((line) => process.stderr.write(`${line}\n`));
  const file = await writeResult(String(name), result);
  process.stdout.write(`${renderBench(result)}\nwritten to ${file}\n`);
  return shortfalls(result).length === 0 ? 0 : 1;
});

function inOwnProcess(name: string): number {
  const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], {
    stdio: 'inherit',
  });
  return status ?? ExitCode.unavailable;
}
