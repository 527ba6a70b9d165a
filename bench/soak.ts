/**
 * `npm run soak -- --minutes N [--seed TEXT]`: everything at once on the real services. Producers send, one of them moves
 * to a new version, consumers load, letters are replayed; and meanwhile the broker, the registry and the warehouse are
 * killed, and so are consumers and replays. It ends with `zoner reconcile` and the independent checker, both clean.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Consumers } from '#bench/soak/consumers.ts';
import { FAULTS, type Fault } from '#bench/soak/faults.ts';
import { evolve, produceForEver } from '#bench/soak/producers.ts';
import { replayForEver } from '#bench/soak/replays.ts';
import { endCleanly } from '#bench/soak/verify.ts';
import { openWorld, type World } from '#bench/soak/world.ts';

const HELP = `usage: npm run soak -- [--minutes N] [--seed NUMBER]

Producers, a new version of a contract, consumers and replays at once on the real services, while broker, registry,
warehouse, consumers and replays are killed. At the end zoner reconcile and the independent checker have to find every
offset in exactly one state.

  --minutes N     how long things go wrong (default 2); starting and the end take about a minute more
  --seed NUMBER   which faults come when; default: a random one, which is printed first
  --help          print this

Exit codes: 0 clean, 1 not clean, 64 wrong usage. Ctrl-C ends it, and what it has started.
`;

process.exit(await main());

async function main(): Promise<number> {
  const asked = readArguments();
  if (asked === null) process.stderr.write(HELP);
  else if (asked.help) process.stdout.write(HELP);
  else return soak(asked.minutes * 60_000, asked.seed);
  return asked === null ? 64 : 0;
}

/** Null if they make no sense. */
function readArguments(): { readonly help: boolean; readonly minutes: number; readonly seed: number } | null {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '2' },
        seed: { type: 'string', default: String(randomInt(2 ** 31)) },
        help: { type: 'boolean', default: false },
      },
    });
    const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
    return minutes > 0 && Number.isSafeInteger(seed) ? { help: values.help, minutes, seed } : null;
  } catch {
    return null;
  }
}

async function soak(milliseconds: number, seed: number): Promise<number> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error(name)));
  process.stdout.write(`soak: ${milliseconds / 60_000} minutes, seed ${seed}\n`);
  const world = await openWorld(seed, stop.signal);
  const consumers = new Consumers(world, 2);
  try {
    const ended = AbortSignal.any([stop.signal, AbortSignal.timeout(milliseconds)]);
    consumers.begin();
    const actors = [
      produceForEver(world, ended),
      replayForEver(world, ended),
      sleep(milliseconds / 3, undefined, { signal: ended })
        .then(() => evolve(world, consumers, ended))
        .catch(() => undefined),
      faultForEver(world, consumers, ended),
    ];
    await Promise.all(actors);
    stop.signal.throwIfAborted();
    return await endCleanly(world, consumers);
  } finally {
    await consumers.end();
    await world.close();
  }
}

/** One fault after the other, each at least once if there is time, with quiet in between. */
async function faultForEver(world: World, consumers: Consumers, ended: AbortSignal): Promise<void> {
  let queue: Fault[] = [];
  while (!ended.aborted) {
    if (queue.length === 0) queue = shuffled(FAULTS, world.random);
    const fault = queue.pop();
    if (fault === undefined) return;
    world.count(`fault: ${fault.name}`);
    world.log(fault.name);
    await fault.happen(world, consumers);
    await sleep(1000 + world.random() * 4000, undefined, { signal: ended }).catch(() => undefined);
  }
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((each) => ({ each, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ each }) => each);
}
