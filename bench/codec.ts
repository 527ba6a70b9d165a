import { cpus } from 'node:os';
import type { Bench, Figure } from '#bench/bench-table.ts';
import { median, type Ratio } from '#bench/codec/interleave.ts';
import { installPeers, runProcess } from '#bench/codec/run-process.ts';
import { TASKS, type Task } from '#bench/codec/tasks.ts';
import { warmCosts } from '#bench/codec/warm-costs.ts';

/** Each ratio is the median of so many fresh processes, each of which runs both sides in turns. */
const PROCESSES = 3;
const COLD_PROCESSES = 7;

/**
 * `npm run bench -- codec`: how many times as fast as raw avsc giving the same values (bigint, Date), and as the two
 * registry clients as they come. Some three minutes.
 */
export const codec: Bench = {
  async run(tell) {
    await installPeers(tell);
    const figures: Figure[] = [];
    for (const [index, task] of TASKS.entries()) {
      const figure = await measure(task);
      tell(`${index + 1}/${TASKS.length} ${task.what}: ${figure.measured.toPrecision(3)}`);
      figures.push(figure);
    }
    figures.push(...(await compileTimes()), ...(await warmCosts()));
    const setting = {
      node: process.version,
      processor: `${cpus()[0]?.model ?? 'unknown'} (${cpus().length})`,
      method: `medians of ${PROCESSES} processes, 13 interleaved rounds each, by processor time, which other work on the machine disturbs less`,
      baseline: 'avsc 5.7.9 giving the same values, unless another peer is named',
    };
    return { setting, figures };
  },
};

async function measure(task: Task): Promise<Figure> {
  const found: Ratio[] = [];
  for (let count = 0; count < PROCESSES; count += 1)
    found.push(await runProcess<Ratio>('measure.ts', task.workload, task.shape));
  const samples = found.map(({ processorRatio }) => processorRatio);
  const limit = task.atLeast === null ? null : { atLeast: task.atLeast };
  return { what: task.what, measured: median(samples), unit: 'x', limit, aim: task.aim, samples };
}

interface CompileTimes {
  readonly cold: { readonly encoder: number; readonly decoder: number };
  readonly warm: { readonly encoder: number; readonly decoder: number };
}

async function compileTimes(): Promise<readonly Figure[]> {
  const found: CompileTimes[] = [];
  for (let count = 0; count < COLD_PROCESSES; count += 1)
    found.push(await runProcess<CompileTimes>('compile-time.ts'));
  const figures = (side: 'encoder' | 'decoder'): Figure[] =>
    [
      { state: 'cold' as const, atMost: 4, aim: 2 },
      { state: 'warm' as const, atMost: 0.5, aim: 0.2 },
    ].map(({ state, atMost, aim }) => {
      const samples = found.map((times) => times[state][side]);
      return {
        what: `compile, ${state}: ${side}`,
        measured: median(samples),
        unit: ' ms',
        limit: { atMost },
        aim,
        samples,
      };
    });
  return [...figures('encoder'), ...figures('decoder')];
}
