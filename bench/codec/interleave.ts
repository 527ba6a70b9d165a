/** One way to do a piece of work: `run(index)` handles `perRun` records; a promise is awaited before the next run. */
export interface Candidate {
  readonly perRun: number;
  run(index: number): unknown;
}

/** The results of so many records stay alive, so that nothing is optimised away and each way keeps as much memory. */
const KEPT_RECORDS = 1024;
const kept: unknown[] = Array(KEPT_RECORDS).fill(null);

const ROUND_MS = 60;
const ROUNDS = 13;

export interface Ratio {
  /** How many times as many records a second the candidate does as the baseline: the median of the rounds. */
  readonly ratio: number;
  /** The same by processor time of the whole process, which other work on the machine disturbs less. */
  readonly processorRatio: number;
  readonly baselinePerSecond: number;
  readonly candidatePerSecond: number;
}

/** Runs both in turns, AB BA AB …, so that what the machine does besides meets both alike. */
export async function interleave(baseline: Candidate, candidate: Candidate): Promise<Ratio> {
  const sizes = [await calibrate(baseline), await calibrate(candidate)] as const;
  const ratios: number[] = [];
  const processorRatios: number[] = [];
  const speeds: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    const found: [Speed, Speed] = [NONE, NONE];
    for (const which of order as (0 | 1)[])
      found[which] = await speed(which === 0 ? baseline : candidate, sizes[which]);
    const [first, second] = found;
    speeds[0].push(first.wall);
    speeds[1].push(second.wall);
    ratios.push(second.wall / first.wall);
    processorRatios.push(second.processor / first.processor);
  }
  return {
    ratio: median(ratios),
    processorRatio: median(processorRatios),
    baselinePerSecond: median(speeds[0]),
    candidatePerSecond: median(speeds[1]),
  };
}

/** How many runs take about one round, once warm. */
async function calibrate(candidate: Candidate): Promise<number> {
  let runs = 16;
  for (;;) {
    const started = performance.now();
    await repeat(candidate, runs);
    const took = performance.now() - started;
    if (took > ROUND_MS) return Math.max(1, Math.round((runs * ROUND_MS) / took));
    runs *= 2;
  }
}

/** Records a second, by the clock and by processor time. */
interface Speed {
  readonly wall: number;
  readonly processor: number;
}

const NONE: Speed = { wall: Number.NaN, processor: Number.NaN };

async function speed(candidate: Candidate, runs: number): Promise<Speed> {
  const before = process.cpuUsage();
  const started = performance.now();
  await repeat(candidate, runs);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const records = runs * candidate.perRun;
  return { wall: records / seconds, processor: (1e6 * records) / (user + system) };
}

async function repeat(candidate: Candidate, runs: number): Promise<void> {
  const slots = Math.ceil(KEPT_RECORDS / candidate.perRun);
  for (let index = 0; index < runs; index += 1) {
    const result = candidate.run(index);
    kept[index % slots] = result instanceof Promise ? await result : result;
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
