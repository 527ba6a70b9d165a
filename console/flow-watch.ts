import { FlowHistory, MINUTES, minuteOf, type Sample, startOf } from '#console/flow.ts';
import { inParallel } from '#console/in-parallel.ts';
import { readPast } from '#console/read-past.ts';
import { readNote } from '#consumer/commit-note.ts';
import type { TopicOffsets, TopicTimes } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import { isZonerError } from '#core/errors.ts';

/** What the flow is read from. */
export interface FlowDeps {
  readonly contracts: readonly Pick<Contract, 'name' | 'topic'>[];
  /** The group that writes rows. */
  readonly group: string;
  readonly offsets: LogOffsets;
  /** Milliseconds since 1970. */
  now(): number;
}

export type LogOffsets = TopicOffsets & TopicTimes;

export interface ContractFlow {
  readonly history: FlowHistory;
  /** Null: its topic is not there. */
  readonly latest: Sample | null;
}

export type Flows = ReadonlyMap<string, ContractFlow>;

/**
 * Reads how much was written to each contract's topics and how far the group has come; called again and again, it makes
 * up the last hour. What was before its first call it asks the broker, of which only lag is unknown afterwards.
 */
export function createFlowWatch(deps: FlowDeps): { sample(): Promise<Flows>; readPast(): Promise<void> } {
  const flows = new Map<string, ContractFlow>(
    deps.contracts.map(({ name }) => [name, { history: new FlowHistory(), latest: null }]),
  );
  const historyOf = (name: string): FlowHistory => flows.get(name)?.history ?? new FlowHistory();
  return {
    async sample() {
      await ofAll(deps.contracts, async ({ name, topic }) => {
        const history = historyOf(name);
        const latest = await sampleOf(topic, deps);
        if (latest !== null) history.enter(deps.now(), latest);
        flows.set(name, { history, latest });
      });
      return flows;
    },
    async readPast() {
      const to = minuteOf(deps.now());
      await ofAll(deps.contracts, async ({ name, topic }) => {
        const { source, deadLetters } = topicNames(topic);
        const history = historyOf(name);
        const past = (each: string, what: 'produced' | 'letters'): Promise<void> =>
          pastOf(each, to, deps.offsets, (minute, count) => history.enterEnd(minute, what, count));
        await Promise.all([past(source, 'produced'), past(deadLetters, 'letters')]);
      });
    },
  };
}

/** All at the same time, because the broker is asked once for what is asked together. The first error ends it, once all has ended. */
async function ofAll<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  await inParallel(items, items.length, work);
}

async function sampleOf(topic: string, { offsets, group }: FlowDeps): Promise<Sample | null> {
  const { source, retry, deadLetters } = topicNames(topic);
  const [ends, retries, letters] = await Promise.all(
    [source, retry, deadLetters].map((each) => orMissing(offsets.ranges(each))),
  );
  if (ends == null) return null;
  let lag = 0n;
  let flood: string | null = null;
  for (const [each, ranges] of [
    [source, ends],
    [retry, retries],
  ] as const) {
    if (ranges == null) continue;
    const committed = await offsets.committed(group, each);
    for (const [partition, { low, high }] of ranges) {
      const at = committed.get(partition) ?? low;
      lag += high - (at < low ? low : at);
    }
    // Only a group that waits may have been stopped.
    if (lag > 0n)
      for (const note of (await offsets.commitMetadata(group, each)).values())
        flood ??= readNote(note).flood ?? null;
  }
  const sum = (ranges: typeof ends | null = null): bigint =>
    [...(ranges ?? [])].reduce((all, [, { high }]) => all + high, 0n);
  return { produced: sum(ends), letters: sum(letters), lag, flood };
}

async function pastOf(
  topic: string,
  to: number,
  offsets: LogOffsets,
  enter: (minute: number, count: bigint) => void,
): Promise<void> {
  const from = to - MINUTES;
  const atEndOf = async (minute: number): Promise<bigint> =>
    [...(await offsets.since(topic, BigInt(startOf(minute + 1)))).values()].reduce(
      (all, each) => all + each,
      0n,
    );
  if ((await orMissing(offsets.ranges(topic))) === null) return;
  const [atFrom, atTo] = await Promise.all([atEndOf(from), atEndOf(to)]);
  enter(from, atFrom);
  await readPast([from, to], [atFrom, atTo], atEndOf, enter);
}

async function orMissing<Value>(asked: Promise<Value>): Promise<Value | null> {
  try {
    return await asked;
  } catch (error) {
    if (isZonerError(error, 'TOPIC_MISSING')) return null;
    throw error;
  }
}
