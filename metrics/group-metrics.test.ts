import { expect, test } from 'vitest';
import type { ConsumeDeps } from '#consumer/deps.ts';
import { Health } from '#consumer/health.ts';
import { createHold } from '#consumer/hold.ts';
import type { Partitioned, RefusedRecord } from '#consumer/outcome.ts';
import type { Batch, KafkaRecord } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { ZonerError } from '#core/errors.ts';
import { createGroupMetrics } from '#metrics/group-metrics.ts';
import { addLag } from '#metrics/lag-metrics.ts';
import { createMetrics } from '#metrics/metrics.ts';

const contract = { name: 'user-activity' } as Contract;
const SIGNAL = new AbortController().signal;
const down = (): ZonerError => new ZonerError('WAREHOUSE_UNAVAILABLE', 'down');

const record = (offset: bigint): KafkaRecord => {
  return { topic: 'user_activity', partition: 0, offset, timestamp: 0n, key: null, value: null, headers: [] };
};
const refused = (code: RefusedRecord['code'], offset: bigint): RefusedRecord => {
  return { record: record(offset), origin: record(offset), code, reason: '', schemaId: null, subjects: [] };
};

/** A group whose transport is not needed: what it calls is called here. */
function measuredGroup(keepsLetters: boolean) {
  const metrics = createMetrics('0.0.0');
  const health = new Health({ stuckAfterMs: 1000, now: () => 0, clock: () => 0 });
  health.entered('running');
  const group = createGroupMetrics(metrics, { group: 'g', keepsLetters, health });
  const hold = createHold({
    firstDelayMs: 0,
    longestDelayMs: 0,
    random: () => 0,
    pause: async () => {},
    stopping: SIGNAL,
    onHeld: () => {},
    onReleased: () => {},
  });
  const nothing = (): void => {};
  const deps = group.measure({
    hold,
    onBegin: nothing,
    onEnd: nothing,
    onBatch: nothing,
  } as unknown as ConsumeDeps);
  const told = async (name: string): Promise<readonly string[]> =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
  return { metrics, health, group, deps, told };
}

test.each([true, false])(
  'what is refused is counted by code, and is a dead letter only where letters are kept: %s',
  async (keeps) => {
    const { deps, told } = measuredGroup(keeps);
    const outcome: Partitioned = {
      accepted: [{ record: record(0n), origin: record(0n), schemaId: 1, value: {} }],
      refused: [refused('NO_FRAME', 1n), refused('NO_FRAME', 2n), refused('UNDECODABLE', 3n)],
      skipped: [{ record: record(4n), reason: 'tombstone' }],
    };
    deps.onBatch(contract, outcome, { inserted: 0, present: 1 });
    const of = 'group="g",contract="user-activity"';
    expect(await told('zoner_consumed_records_total')).toEqual([`zoner_consumed_records_total{${of}} 5`]);
    expect(await told('zoner_present_rows_total')).toEqual([`zoner_present_rows_total{${of}} 1`]);
    expect(await told('zoner_skipped_records_total')).toEqual([`zoner_skipped_records_total{${of}} 1`]);
    expect(await told('zoner_refused_records_total')).toEqual([
      `zoner_refused_records_total{${of},code="NO_FRAME"} 2`,
      `zoner_refused_records_total{${of},code="UNDECODABLE"} 1`,
    ]);
    const letters = await told('zoner_dead_letters_total');
    expect(letters).toEqual(
      keeps
        ? [
            'zoner_dead_letters_total{contract="user-activity",code="NO_FRAME"} 2',
            'zoner_dead_letters_total{contract="user-activity",code="UNDECODABLE"} 1',
          ]
        : [],
    );
  },
);

test('a step that fails and is tried again is counted by its cause, and a write by its outcome', async () => {
  const { deps, group, told } = measuredGroup(true);
  let failures = 2;
  const sink = group.measureSink('user-activity', {
    async write() {
      failures -= 1;
      if (failures >= 0) throw down();
      return { inserted: 1, present: 0 };
    },
  });
  expect(await deps.hold(SIGNAL, () => sink.write([], SIGNAL))).toEqual({ inserted: 1, present: 0 });
  expect(await told('zoner_hold_attempts_total')).toEqual([
    'zoner_hold_attempts_total{group="g",code="WAREHOUSE_UNAVAILABLE"} 2',
  ]);
  expect(await told('zoner_sink_write_duration_seconds_count')).toEqual([
    'zoner_sink_write_duration_seconds_count{group="g",contract="user-activity",result="failed"} 2',
    'zoner_sink_write_duration_seconds_count{group="g",contract="user-activity",result="ok"} 1',
  ]);
});

test('what is held and what is stopped is told as long as it is', async () => {
  const { health, told } = measuredGroup(true);
  health.held('a', 'user_activity/0', down(), 1);
  health.held('b', 'user_activity/1', down(), 1);
  health.held('t', 'trip_plan', new ZonerError('FLOOD', 'stopped'), 1);
  expect(await told('zoner_held_partitions')).toEqual([
    'zoner_held_partitions{group="g",code="WAREHOUSE_UNAVAILABLE"} 2',
  ]);
  expect(await told('zoner_stopped_topics')).toEqual(['zoner_stopped_topics{group="g",topic="trip_plan"} 1']);
  expect(await told('zoner_ready')).toEqual(['zoner_ready{group="g"} 0']);
  for (const key of ['a', 'b', 't']) health.released(key);
  expect([...(await told('zoner_held_partitions')), ...(await told('zoner_stopped_topics'))]).toEqual([]);
  expect(await told('zoner_ready')).toEqual(['zoner_ready{group="g"} 1']);
});

test('each batch has its duration', async () => {
  const { deps, told } = measuredGroup(true);
  const batch = { topic: 'user_activity', partition: 0 } as Batch;
  deps.onBegin(batch);
  deps.onEnd(batch);
  expect(await told('zoner_batch_duration_seconds_count')).toEqual([
    'zoner_batch_duration_seconds_count{group="g"} 1',
  ]);
});

test('lag is what is retained and not committed; while the broker says nothing there is none to tell', async () => {
  const metrics = createMetrics('0.0.0');
  const ranges = new Map([
    [0, { low: 5n, high: 12n }],
    [1, { low: 0n, high: 3n }],
  ]);
  addLag(metrics, 'g', ['t'], {
    ranges: async () => ranges,
    // Partition 0 was committed below what is retained by now; nothing was ever committed of 1.
    committed: async () => new Map([[0, 2n]]),
  });
  expect(await metrics.text()).toContain('zoner_consumer_lag_records{group="g",topic="t",partition="0"} 7');
  expect(await metrics.text()).toContain('zoner_consumer_lag_records{group="g",topic="t",partition="1"} 3');
  const away = createMetrics('0.0.0');
  const refuse = async (): Promise<never> => {
    throw new ZonerError('KAFKA_UNAVAILABLE', 'down');
  };
  addLag(away, 'g', ['t'], { ranges: refuse, committed: refuse });
  const text = await away.text();
  expect(text).not.toContain('zoner_consumer_lag_records{');
  expect(await away.text()).toContain('zoner_lag_known{group="g"} 0');
});
