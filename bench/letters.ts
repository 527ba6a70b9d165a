import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Bench, Figure } from '#bench/bench-table.ts';
import { createLetterSource } from '#bench/letter-source.ts';
import { CauseTally } from '#dead-letters/causes.ts';
import type { LetterState } from '#dead-letters/letter-book.ts';
import { replay } from '#dead-letters/replay.ts';
import { REPLAY_DEFAULTS } from '#dead-letters/replay-options.ts';
import { surveyProved } from '#dead-letters/survey.ts';
import { startWatch } from '#dead-letters/watch.ts';

const FEW = 10_000;
const MANY = 100_000;
const MEGABYTE = 1024 * 1024;

/** `letters`: listing, proving and replaying 100 000 dead letters of 2 KB each, which are made as they are read. */
export const letters: Bench = {
  async run(tell) {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const figures: Figure[] = [];
    const growth: Record<string, number[]> = { list: [], replay: [] };
    for (const count of [FEW, MANY]) {
      for (const [name, work] of Object.entries({ list, replay: replayAll })) {
        tell(`${name} ${count} letters`);
        const { seconds, peak } = await measured(gc, () => work(count));
        growth[name]?.push(peak / MEGABYTE);
        figures.push(
          figure(`${name} ${count} letters`, seconds, ' s'),
          figure('  heap at its highest', peak / MEGABYTE, ' MB'),
        );
      }
    }
    for (const [name, [few = 0, many = 0]] of Object.entries(growth)) {
      const what = `${name}: heap for each letter more`;
      const bytes = ((many - few) * MEGABYTE) / (MANY - FEW);
      figures.push({ ...figure(what, bytes, ' bytes'), limit: { atMost: 1000 }, aim: 500 });
    }
    return { setting: { letters: MANY, bytes: 2048, node: process.version }, figures };
  },
};

function figure(what: string, measured_: number, unit: string): Figure {
  return { what, measured: measured_, unit, limit: null, aim: null, samples: [measured_] };
}

/** How long the work takes, and how much of the heap stays in use at most, garbage aside, above what there was before. */
async function measured(gc: () => void, work: () => Promise<void>) {
  gc();
  const before = process.memoryUsage().heapUsed;
  let peak = 0;
  const timer = setInterval(() => {
    gc();
    peak = Math.max(peak, process.memoryUsage().heapUsed - before);
  }, 500);
  const start = performance.now();
  await work();
  clearInterval(timer);
  gc();
  return { seconds: (performance.now() - start) / 1000, peak };
}

async function list(count: number): Promise<void> {
  const { deps } = createLetterSource(count);
  const watch = await startWatch(deps);
  const tally = new CauseTally();
  const choice = { states: new Set<LetterState>(['open']), filter: () => true };
  await surveyProved(watch, deps, choice, async (batch) => {
    for (const { letter, verdict } of batch) tally.add(letter, verdict);
    return true;
  });
  await watch.close();
  const [cause] = tally.close();
  if (cause?.decodable !== count) throw new Error(`${cause?.decodable} of ${count} letters were proved`);
}

async function replayAll(count: number): Promise<void> {
  const { deps } = createLetterSource(count);
  const options = { ...REPLAY_DEFAULTS, filter: () => true, rate: 1_000_000 };
  const report = await replay(options, deps);
  if (report.resolved !== count) throw new Error(`${report.resolved} of ${count} letters became rows`);
}
