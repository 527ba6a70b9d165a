import { median } from '#bench/codec/interleave.ts';

/** Nine unless `BENCH_ROUNDS` says otherwise: three are enough to see a change, and too few to quote. */
export const ROUNDS = Number(process.env.BENCH_ROUNDS || 9);

/** One way to move records through Kafka. `run` moves so many and resolves when they are through. */
export interface Candidate {
  readonly name: string;
  /** Records in one round: a slow one gets fewer. */
  readonly perRound: number;
  run(records: number): Promise<Passage>;
  close(): Promise<void>;
}

/** What one round took: seconds by the clock, and of this process's own processor time. */
export interface Passage {
  readonly records: number;
  readonly seconds: number;
  readonly processorSeconds: number;
}

export interface Pace {
  readonly name: string;
  readonly perSecond: number;
  /** Microseconds of processor time a record. */
  readonly processorMicros: number;
  /** Records a second in proportion to the first candidate's, round by round: the median, and all of them. */
  readonly ratio: number;
  readonly ratios: readonly number[];
}

/** Measures `work`, which moves so many records. */
export async function passage(records: number, work: () => Promise<void>): Promise<Passage> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { records, seconds, processorSeconds: (user + system) / 1e6 };
}

/**
 * Runs all candidates in turns, the order reversed every other round, after one round that does not count; the first
 * candidate is the one that the others are compared with.
 */
export async function interleaveRounds(
  candidates: readonly Candidate[],
  rounds: number,
  tell: (line: string) => void,
): Promise<readonly Pace[]> {
  const passages = candidates.map((): Passage[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    const order = [...candidates.keys()];
    for (const index of round % 2 === 0 ? order : order.toReversed()) {
      const candidate = candidates[index] as Candidate;
      const taken = await candidate.run(candidate.perRound);
      if (round > 0) passages[index]?.push(taken);
      tell(`round ${round}/${rounds} ${candidate.name}: ${Math.round(taken.records / taken.seconds)}/s`);
    }
  }
  const first = passages[0]?.map(speed) ?? [];
  return candidates.map(({ name }, index) => {
    const own = passages[index] ?? [];
    const ratios = own.map((each, round) => speed(each) / (first[round] ?? Number.NaN));
    return {
      name,
      perSecond: median(own.map(speed)),
      processorMicros: median(own.map(({ processorSeconds, records }) => (1e6 * processorSeconds) / records)),
      ratio: median(ratios),
      ratios,
    };
  });
}

const speed = ({ records, seconds }: Passage): number => records / seconds;
