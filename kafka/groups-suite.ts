import { expect, test } from 'vitest';
import type { Batch } from '#consumer/ports.ts';
import { commit, record, type SuiteTransport, text, untilAborted } from '#kafka/suite-transport.ts';

/** What every adapter promises of groups, commits and offsets. */
export function groupsSuite(transport: SuiteTransport): void {
  const { freshTopic, send, run, take } = transport;

  test('a group goes on after what it committed, another begins at the first record', async () => {
    const topic = await freshTopic(1);
    await send(['a', 'b', 'c'].map((value) => record(topic, value)));
    expect(await take('one', topic, 3)).toHaveLength(3);
    await send([record(topic, 'd')]);
    expect((await take('one', topic, 1)).map(({ value }) => text(value))).toEqual(['d']);
    expect(await take('two', topic, 4)).toHaveLength(4);
  });

  test('what was delivered and not committed comes again after a restart', async () => {
    const topic = await freshTopic(1);
    await send(['a', 'b', 'c'].map((value) => record(topic, value)));
    const seen = Promise.withResolvers<void>();
    const first = await run(topic, topic, async (batch) => {
      await batch.commit(1n);
      seen.resolve();
    });
    await seen.promise;
    await first.stop();
    const again = await take(topic, topic, 2);
    expect(again.map(({ value }) => text(value))).toEqual(['b', 'c']);
  });

  test('stop aborts a running batch, waits for it, and refuses its commit', async () => {
    const topic = await freshTopic(1);
    await send([record(topic, 'a')]);
    const started = Promise.withResolvers<void>();
    const refused = Promise.withResolvers<unknown>();
    let finished = false;
    const subscription = await run(topic, topic, async (batch) => {
      started.resolve();
      await untilAborted(batch);
      refused.resolve(await commit(batch).catch((error: unknown) => error));
      finished = true;
      throw new Error('a rejection after the abort is nobody’s business');
    });
    await started.promise;
    await subscription.stop();
    expect(finished).toBe(true);
    expect(await refused.promise).toMatchObject({ code: 'LEASE_LOST' });
    expect(await take(topic, topic, 1)).toHaveLength(1);
  });

  test('two members share the partitions, and what one gives up comes to the other', async () => {
    const topic = await freshTopic(4);
    const owners = new Map<number, string>();
    let changed = Promise.withResolvers<void>();
    const member = (own: string) =>
      run(topic, topic, async (batch) => {
        owners.set(batch.partition, own);
        await commit(batch);
        changed.resolve();
      });
    /** Sends to every partition, again and again, until their owners are as expected. */
    const sendUntil = async (expected: () => boolean): Promise<void> => {
      while (!expected()) {
        changed = Promise.withResolvers<void>();
        await send([0, 1, 2, 3].map((partition) => record(topic, 'x', { partition })));
        await changed.promise;
      }
    };
    const first = await member('first');
    await member('second');
    await sendUntil(() => owners.size === 4 && new Set(owners.values()).size === 2);
    await first.stop();
    owners.clear();
    await sendUntil(() => owners.size === 4);
    expect(new Set(owners.values())).toEqual(new Set(['second']));
  });

  test('a batch whose partition is taken away is told so, cannot commit, and comes again', async () => {
    const topic = await freshTopic(2);
    const started = Promise.withResolvers<void>();
    const refused = Promise.withResolvers<unknown>();
    const again = Promise.withResolvers<void>();
    let firstTime = true;
    const onBatch = async (batch: Batch): Promise<void> => {
      if (!firstTime) {
        await commit(batch);
        again.resolve();
        return;
      }
      firstTime = false;
      started.resolve();
      await untilAborted(batch);
      refused.resolve(await commit(batch).catch((error: unknown) => error));
    };
    await run(topic, topic, onBatch);
    await send([record(topic, 'a')]);
    await started.promise;
    await run(topic, topic, onBatch);
    expect(await refused.promise).toMatchObject({ code: 'LEASE_LOST' });
    await again.promise;
    expect(await transport.offsets().committed(topic, topic)).toEqual(new Map([[0, 1n]]));
  });

  test('a callback that fails with its partition still its own ends the run, once, and commits nothing', async () => {
    const topic = await freshTopic(1);
    await send([record(topic, 'a')]);
    const fatal = Promise.withResolvers<unknown>();
    let calls = 0;
    await run(
      topic,
      topic,
      async () => {
        calls += 1;
        throw new TypeError('a bug');
      },
      (error) => fatal.resolve(error),
    );
    expect(await fatal.promise).toMatchObject({ message: 'a bug' });
    expect(calls).toBe(1);
    expect(await transport.offsets().committed(topic, topic)).toEqual(new Map());
  });

  test('what stands beside a committed offset comes back, and the next commit clears it', async () => {
    const topic = await freshTopic(1);
    await send(['a', 'b'].map((value) => record(topic, value)));
    const left = () => transport.offsets().commitMetadata(topic, topic);
    const seen: unknown[] = [];
    const done = Promise.withResolvers<void>();
    await run(topic, topic, async (batch) => {
      await batch.commit(0n, 'a note');
      seen.push(await left());
      await commit(batch);
      seen.push(await left());
      done.resolve();
    });
    await done.promise;
    expect(seen).toEqual([new Map([[0, 'a note']]), new Map()]);
  });

  test('a paused partition is delivered no more, the others go on, and what was left comes after a restart', async () => {
    const topic = await freshTopic(2);
    await send([0, 1].map((partition) => record(topic, 'first', { partition })));
    const calls = [0, 0];
    const second = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    const subscription = await run(topic, topic, async (batch) => {
      calls[batch.partition] = (calls[batch.partition] ?? 0) + 1;
      if (batch.partition === 0) {
        batch.pause();
        first.resolve();
        return;
      }
      await commit(batch);
      if (batch.records.some(({ value }) => text(value) === 'second')) second.resolve();
    });
    await first.promise;
    await send([0, 1].map((partition) => record(topic, 'second', { partition })));
    await second.promise;
    expect(calls[0]).toBe(1);
    await subscription.stop();
    const again = await take(topic, topic, 2);
    expect(again.map(({ value }) => text(value))).toEqual(['first', 'second']);
  });

  test('a batch that takes long keeps no other partition waiting, and its own goes on after it', async () => {
    const topic = await freshTopic(2);
    await send([0, 1].map((partition) => record(topic, 'first', { partition })));
    const held = Promise.withResolvers<void>();
    const others = Promise.withResolvers<void>();
    const own = Promise.withResolvers<void>();
    await run(topic, topic, async (batch) => {
      const values = batch.records.map(({ value }) => text(value));
      if (batch.partition === 0 && values.includes('first')) await held.promise;
      await commit(batch);
      if (values.includes('second')) (batch.partition === 0 ? own : others).resolve();
    });
    await send([0, 1].map((partition) => record(topic, 'second', { partition })));
    await others.promise;
    expect(await transport.offsets().committed(topic, topic)).toEqual(new Map([[1, 2n]]));
    held.resolve();
    await own.promise;
    const committed = new Map([0, 1].map((partition) => [partition, 2n]));
    expect(await transport.offsets().committed(topic, topic)).toEqual(committed);
  });

  test('a batch that takes long may finish and commit while the consumer stops', async () => {
    const topic = await freshTopic(2);
    await send([0, 1].map((partition) => record(topic, 'first', { partition })));
    const go = Promise.withResolvers<void>();
    const moved = Promise.withResolvers<void>();
    const subscription = await run(topic, topic, async (batch) => {
      if (batch.partition === 0) await go.promise;
      await commit(batch);
      if (batch.records.some(({ value }) => text(value) === 'second')) moved.resolve();
    });
    await send([record(topic, 'second', { partition: 1 })]);
    await moved.promise;
    const stopped = subscription.stop(10_000);
    go.resolve();
    await stopped;
    expect((await transport.offsets().committed(topic, topic)).get(0)).toBe(1n);
  });

  test('members of one group that read different topics get all of their own, and no more', async () => {
    const [left, right] = [await freshTopic(3), await freshTopic(3)];
    const seen = new Map<readonly string[], Set<string>>();
    const member = (own: readonly string[]) =>
      run(left, own, async (batch) => {
        seen.set(own, (seen.get(own) ?? new Set()).add(`${batch.topic}/${batch.partition}`));
        await commit(batch);
      });
    const members = [[left], [right], [left, right]];
    for (const own of members) await member(own);
    // What each had before the others came counts no more.
    seen.clear();
    const read = (): ReadonlySet<string> => new Set([...seen.values()].flatMap((places) => [...places]));
    while (seen.size < members.length || read().size < 6) {
      await send(
        [left, right].flatMap((topic) => [0, 1, 2].map((partition) => record(topic, 'x', { partition }))),
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    for (const [own, places] of seen)
      expect([...places].filter((place) => !own.includes(place.split('/')[0] ?? ''))).toEqual([]);
  });

  test('a stop with time to spare lets a running batch finish and commit', async () => {
    const topic = await freshTopic(1);
    await send([record(topic, 'a')]);
    const started = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const subscription = await run(topic, topic, async (batch) => {
      started.resolve();
      await go.promise;
      await commit(batch);
    });
    await started.promise;
    const stopped = subscription.stop(10_000);
    go.resolve();
    await stopped;
    expect(await transport.offsets().committed(topic, topic)).toEqual(new Map([[0, 1n]]));
  });

  test('the ranges and the committed offsets of a topic are those of each partition', async () => {
    const topic = await freshTopic(2);
    expect(await transport.offsets().committed(topic, topic)).toEqual(new Map());
    await send(['a', 'b', 'c'].map((value) => record(topic, value, { partition: 1 })));
    await take(topic, topic, 3);
    expect(await transport.offsets().ranges(topic)).toEqual(
      new Map([
        [0, { low: 0n, high: 0n }],
        [1, { low: 0n, high: 3n }],
      ]),
    );
    expect(await transport.offsets().committed(topic, topic)).toEqual(new Map([[1, 3n]]));
  });

  test('a time is an offset in each partition: of the first record since then, or the end', async () => {
    const topic = await freshTopic(3);
    const written = [1000n, 3000n, 2000n, 4000n];
    await send(written.map((timestamp) => record(topic, 'a', { timestamp })));
    await send([record(topic, 'b', { timestamp: 500n, partition: 1 })]);
    expect(await transport.offsets().since(topic, 2500n)).toEqual(
      new Map([
        [0, 1n],
        [1, 1n],
        [2, 0n],
      ]),
    );
  });

  test('a run may begin at offsets of its own, and leaves nothing committed', async () => {
    const topic = await freshTopic(2);
    await send(['a', 'b', 'c'].map((value) => record(topic, value)));
    await send([record(topic, 'd', { partition: 1 })]);
    const seen: (string | null)[] = [];
    const all = Promise.withResolvers<void>();
    const from = new Map([[topic, new Map([[0, 2n]])]]);
    const onBatch = async ({ records }: Batch): Promise<void> => {
      seen.push(...records.map(({ value }) => text(value)));
      if (seen.length >= 2) all.resolve();
    };
    const onFatal = all.reject;
    const options = { group: topic, topics: [topic], from, onBatch, onFatal };
    const subscription = await transport.consumer().run(options);
    await all.promise;
    await subscription.stop();
    expect(seen.sort()).toEqual(['c', 'd']);
    expect(await transport.offsets().committed(topic, topic)).toEqual(new Map());
  });

  test('the cluster has a name that stays the same', async () => {
    const id = await transport.offsets().clusterId();
    expect(id).not.toBe('');
    expect(await transport.offsets().clusterId()).toBe(id);
  });
}
