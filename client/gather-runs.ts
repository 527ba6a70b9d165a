import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, ConsumerTransport, RunOptions, Subscription } from '#consumer/ports.ts';

/** Long enough for readers that are started one after the other; nobody notices it beside the forming of a group. */
const GATHER_MS = 100;

interface Waiting {
  readonly options: RunOptions;
  readonly running: PromiseWithResolvers<Subscription>;
}

/**
 * A transport for scans: runs that begin within a moment of each other share one group and its connections, under the name of
 * the first. Forming a group is most of what reading a small topic takes, for this process and for the broker. It is for
 * made-up groups that commit nothing; runs that begin at offsets of their own, or at a topic that another reads, have
 * a group of their own.
 */
export function gatherRuns(transport: ConsumerTransport, gatherMs = GATHER_MS): ConsumerTransport {
  let waiting: Waiting[] = [];
  let taken = new Set<string>();
  const begin = (): void => {
    const runs = waiting;
    waiting = [];
    taken = new Set();
    runTogether(transport, runs).catch((error: unknown) => {
      for (const { running } of runs) running.reject(error);
    });
  };
  return {
    exactHeaders: transport.exactHeaders,
    run(options) {
      if (options.from !== undefined || options.topics.some((topic) => taken.has(topic)))
        return transport.run(options);
      const running = Promise.withResolvers<Subscription>();
      waiting.push({ options, running });
      for (const topic of options.topics) taken.add(topic);
      if (waiting.length === 1) void sleep(gatherMs).then(begin);
      return running.promise;
    },
  };
}

async function runTogether(transport: ConsumerTransport, runs: readonly Waiting[]): Promise<void> {
  const [first] = runs;
  if (first === undefined) return;
  const members = runs.map((each) => ({ ...each, isStopped: false, under: new Set<Promise<void>>() }));
  const byTopic = new Map(
    members.flatMap((each) => each.options.topics.map((topic) => [topic, each] as const)),
  );
  const subscription = await transport.run({
    group: first.options.group,
    topics: [...byTopic.keys()],
    async onBatch(batch: Batch) {
      const member = byTopic.get(batch.topic);
      // Its reader has seen enough.
      if (member === undefined || member.isStopped) return batch.pause();
      const work = member.options.onBatch(batch);
      member.under.add(work);
      await work.finally(() => member.under.delete(work));
    },
    onFatal(error) {
      for (const { options, isStopped } of members) if (!isStopped) options.onFatal(error);
    },
  });
  for (const member of members) {
    member.running.resolve({
      async stop() {
        member.isStopped = true;
        if (members.every(({ isStopped }) => isStopped)) await subscription.stop();
        else await Promise.allSettled(member.under);
      },
    });
  }
}
