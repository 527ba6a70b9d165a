/** What the fault tests of a lane share: their seeds, their rounds, and how far they say they are. */
import { randomInt } from 'node:crypto';

/** Three in `npm test`; `npm run test:faults` asks for fifty. */
const USUAL = 3;

/**
 * The seeds of a fault test, said on standard error: as many as ZONER_SEEDS says, drawn by lot, or exactly those that
 * ZONER_SEED names, separated by commas, to repeat a run.
 */
export function faultSeeds(
  test: string,
  { ZONER_SEED, ZONER_SEEDS }: Readonly<Record<string, string | undefined>> = process.env,
): readonly number[] {
  const seeds = ZONER_SEED
    ? ZONER_SEED.split(',').map(Number)
    : Array.from({ length: Number(ZONER_SEEDS || USUAL) }, () => randomInt(1, 2 ** 31 - 1));
  if (seeds.length === 0 || seeds.some((seed) => !Number.isSafeInteger(seed)))
    throw new Error(`ZONER_SEED=${ZONER_SEED} ZONER_SEEDS=${ZONER_SEEDS}: whole numbers are needed`);
  process.stderr.write(`${test}: ZONER_SEED=${seeds.join(',')} repeats it\n`);
  return seeds;
}

/** Numbers from 0 to 1 that a seed decides. */
export function chance(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Works on so many cases at once, round after round, and says after each how many are done: nobody takes it for hung. */
export async function inRounds<Case>(
  test: string,
  cases: readonly Case[],
  atOnce: number,
  work: (round: readonly Case[]) => Promise<void>,
): Promise<void> {
  const begin = performance.now();
  for (let at = 0; at < cases.length; at += atOnce) {
    const round = cases.slice(at, at + atOnce);
    await work(round);
    const seconds = ((performance.now() - begin) / 1000).toFixed(0);
    process.stderr.write(`${test}: ${at + round.length} of ${cases.length} after ${seconds} s\n`);
  }
}
