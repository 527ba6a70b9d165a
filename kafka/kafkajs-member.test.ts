import type { EachBatchPayload } from 'kafkajs';
import { expect, test } from 'vitest';
import type { Batch } from '#consumer/ports.ts';
import type { OffsetCommit } from '#kafka/kafkajs-batch.ts';
import { createMember } from '#kafka/kafkajs-member.ts';

const protocolError = (type: string): Error => Object.assign(new Error(type), { type });

/** What kafkajs would hand over for offsets 5 and 6 of partition 0, followed by a transaction marker. */
function payload(faults: { heartbeat?: Error; commit?: Error } = {}) {
  const done: string[] = [];
  const message = (offset: string) => ({ offset, timestamp: '1', key: null, value: null, headers: {} });
  const call = {
    batch: { topic: 't', partition: 0, messages: [message('5'), message('6')], lastOffset: () => '7' },
    resolveOffset: (offset: string) => done.push(`resolve ${offset}`),
    pause: () => {
      done.push('pause');
      return () => done.push('resume');
    },
    heartbeat: async () => {
      done.push('heartbeat');
      if (faults.heartbeat !== undefined) throw faults.heartbeat;
    },
    commitOffsetsIfNecessary: async (offsets: { topics: { partitions: { offset: string }[] }[] }) => {
      if (faults.commit !== undefined) throw faults.commit;
      done.push(`commit ${offsets.topics[0]?.partitions[0]?.offset}`);
    },
  };
  return { call: call as unknown as EachBatchPayload, done };
}

/** So patient that nothing is set aside, unless a test wants that. */
function memberOf(onBatch: (batch: Batch) => Promise<void>, patienceMs = 60_000) {
  const bugs: unknown[] = [];
  const state = { running: true };
  const onBug = (error: unknown) => bugs.push(error);
  const commits: string[] = [];
  const commit = async ({ topic, partition, offset }: OffsetCommit): Promise<void> => {
    commits.push(`${topic}/${partition} ${offset}`);
  };
  const isRunning = (): boolean => state.running;
  const member = createMember({ onBatch, heartbeatMs: 1, patienceMs, commit, onBug, isRunning });
  member.joined({ t: [0] });
  return { member, bugs, state, commits };
}

const untilAborted = ({ signal }: Batch): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));

test('a commit after the last record takes the markers behind it along, another does not', async () => {
  const { call, done } = payload();
  const { member } = memberOf(async (batch) => {
    await batch.commit(6n);
    await batch.commit(7n);
  });
  await member.eachBatch(call);
  expect(done.filter((each) => each !== 'heartbeat')).toEqual(['commit 6', 'commit 8', 'resolve 6']);
});

test('a heartbeat that fails takes the partition away, and kafkajs is told to join again', async () => {
  const lost = protocolError('REBALANCE_IN_PROGRESS');
  const { call, done } = payload({ heartbeat: lost });
  const refused: unknown[] = [];
  const { member, bugs } = memberOf(async (batch) => {
    await untilAborted(batch);
    refused.push(await batch.commit(7n).catch((error: unknown) => error));
  });
  await expect(member.eachBatch(call)).rejects.toBe(lost);
  expect(refused).toEqual([expect.objectContaining({ code: 'LEASE_LOST' })]);
  expect(done).not.toContain('resolve 6');
  expect(bugs).toEqual([]);
});

test('a commit that the coordinator refuses to this generation loses the partition', async () => {
  const lost = protocolError('ILLEGAL_GENERATION');
  const { call } = payload({ commit: lost });
  const { member, bugs } = memberOf((batch) => batch.commit(7n));
  await expect(member.eachBatch(call)).rejects.toBe(lost);
  expect(bugs).toEqual([]);
});

test('a commit that fails for another reason can be tried again', async () => {
  const { call } = payload({ commit: new Error('connection closed') });
  const codes: unknown[] = [];
  const { member } = memberOf(async (batch) => {
    codes.push(await batch.commit(7n).catch((error: unknown) => error));
    codes.push(batch.signal.aborted);
  });
  await member.eachBatch(call);
  expect(codes).toEqual([expect.objectContaining({ code: 'KAFKA_UNAVAILABLE' }), false]);
});

test('a batch from before a rejoin moves no position after it', async () => {
  const { call, done } = payload();
  const { member } = memberOf(async () => member.joined({ t: [0] }));
  await member.eachBatch(call);
  expect(done).not.toContain('resolve 6');
});

test('a batch of a partition that is not assigned, or that arrives after the end, is dropped', async () => {
  const batches: Batch[] = [];
  const { member, state } = memberOf(async (batch) => {
    batches.push(batch);
  });
  member.joined({ t: [1] });
  await member.eachBatch(payload().call);
  member.joined({ t: [0] });
  state.running = false;
  await member.eachBatch(payload().call);
  expect(batches).toEqual([]);
});

test('a bug is told once and nothing is thrown into kafkajs', async () => {
  const { call, done } = payload();
  const { member, bugs } = memberOf(async () => {
    throw new RangeError('a bug');
  });
  await member.eachBatch(call);
  expect(bugs).toEqual([expect.objectContaining({ message: 'a bug' })]);
  expect(done).not.toContain('resolve 6');
});

const aborted = { topic: 't', partition: 0, end: 9n };

test('aborted records alone are a batch without any, whose end can be committed, before the next batch begins', async () => {
  const { call } = payload();
  const seen: string[] = [];
  const committed = Promise.withResolvers<void>();
  const { member, commits } = memberOf(async ({ records, end, commit }) => {
    seen.push(`${records.length} records`);
    if (records.length > 0) return;
    await committed.promise;
    await commit(end ?? 0n);
    seen.push('committed');
  });
  member.passedOver(aborted);
  const next = member.eachBatch(call);
  committed.resolve();
  await next;
  expect(seen).toEqual(['0 records', 'committed', '2 records']);
  expect(commits).toEqual(['t/0 9']);
});

test('aborted records behind a partition that is paused, or another member’s, are left', async () => {
  const { call } = payload();
  const seen: number[] = [];
  const { member } = memberOf(async ({ records, pause }) => {
    seen.push(records.length);
    pause();
  });
  member.passedOver({ ...aborted, partition: 1 });
  await member.eachBatch(call);
  member.passedOver(aborted);
  await member.eachBatch(call);
  expect(seen).toEqual([2]);
});

test('aborted records that were fetched before the group was joined again are left to the next fetch', async () => {
  const { call } = payload();
  const seen: number[] = [];
  const { member } = memberOf(async ({ records }) => void seen.push(records.length));
  member.passedOver(aborted);
  member.joined({ t: [0] });
  await member.eachBatch(call);
  expect(seen).toEqual([2]);
});

const IMPATIENT_MS = 5;

/** A member whose callback waits until it is told to go on, and a batch that kafkajs has given up waiting for. */
async function setAside(go: Promise<unknown>, then: (batch: Batch) => Promise<void>, faults = {}) {
  const { call, done } = payload(faults);
  const world = memberOf(async (batch) => {
    await go;
    await then(batch);
  }, IMPATIENT_MS);
  await world.member.eachBatch(call);
  return { ...world, steps: () => done.filter((each) => each !== 'heartbeat') };
}

test('a batch that takes long lets kafkajs go on with the other partitions, and commits before its own goes on', async () => {
  const go = Promise.withResolvers<void>();
  const { member, steps } = await setAside(go.promise, (batch) => batch.commit(7n));
  expect(steps()).toEqual(['pause']);
  go.resolve();
  await member.settled();
  await expect.poll(steps).toEqual(['pause', 'commit 8', 'resolve 6', 'resume']);
});

test('what is set aside is known to whoever waits for the end, and is taken back with the rest', async () => {
  const go = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  const { member, steps } = await setAside(go.promise, async (batch) => {
    seen.push(batch.signal.aborted, await batch.commit(7n).catch((error: unknown) => error));
  });
  member.revokeAll(new Error('the consumer stops'));
  const settled = member.settled();
  go.resolve();
  await settled;
  expect(seen).toEqual([true, expect.objectContaining({ code: 'LEASE_LOST' })]);
  await expect.poll(steps).toEqual(['pause', 'resume']);
});

test('a membership that is lost while a batch is set aside moves nothing, and its next batch waits for it', async () => {
  const { call, done } = payload();
  const order: string[] = [];
  const go = Promise.withResolvers<void>();
  const { member } = memberOf(async (batch) => {
    order.push('begins');
    if (order.length === 1) await go.promise;
    order.push(batch.signal.aborted ? 'aborted' : 'done');
  }, IMPATIENT_MS);
  await member.eachBatch(call);
  member.joined({ t: [0] });
  const next = member.eachBatch(call);
  go.resolve();
  await next;
  await expect.poll(() => order).toEqual(['begins', 'aborted', 'begins', 'done']);
  await expect.poll(() => done.filter((each) => each.startsWith('resolve'))).toEqual(['resolve 6']);
});

test('a partition that was paused for good while it was set aside stays so', async () => {
  const go = Promise.withResolvers<void>();
  const { member, steps } = await setAside(go.promise, async (batch) => batch.pause());
  go.resolve();
  await member.settled();
  await new Promise(setImmediate);
  expect(steps()).toEqual(['pause', 'pause']);
});

test('a batch that arrives after the end is fetched no more', async () => {
  const { call, done } = payload();
  const { member, state } = memberOf(async () => undefined);
  state.running = false;
  await member.eachBatch(call);
  expect(done).toEqual(['pause']);
});
