import { expect, test } from 'vitest';
import { type ConsumeDeps, consume } from '#consumer/consume.ts';
import { framedNap, naps, recordOf, writers } from '#consumer/examples.ts';
import { createHold } from '#consumer/hold.ts';
import type { Batch, KafkaRecord, RunOptions } from '#consumer/ports.ts';
import { ZonerError } from '#core/errors.ts';

const good = recordOf(10n, framedNap(20));
const bad = recordOf(11n, Buffer.from('not a frame'));
const tombstone = recordOf(12n, null);

/** What happened, in order, in a loop whose outside world is made of these few functions. */
function harness(overrides: Partial<ConsumeDeps> = {}) {
  const events: string[] = [];
  let options: RunOptions | undefined;
  const leave = new AbortController();
  const deps: ConsumeDeps = {
    group: 'g',
    transport: {
      exactHeaders: true,
      run: async (given) => {
        options = given;
        return { stop: async () => {} };
      },
    },
    writers: {
      lookUp: async (ids) => new Map([...ids].map((id) => [id, writers.get(id) ?? { kind: 'unknown' }])),
    },
    deadLetters: {
      send: async (letters) => void events.push(`letters ${letters.map(({ topic }) => topic).join()}`),
      close: async () => {},
    },
    hold: createHold({
      firstDelayMs: 1,
      longestDelayMs: 2,
      onHeld: ({ code }) => events.push(`held ${code}`),
    }),
    clusterId: 'c',
    appVersion: '0',
    now: () => 0n,
    onBatch: (_, { accepted, refused, skipped }) =>
      events.push(`done ${accepted.length} ${refused.length} ${skipped.length}`),
    onFatal: () => {},
    ...overrides,
  };
  const sink = {
    write: async (rows: readonly unknown[]) => {
      events.push(`rows ${rows.length}`);
      return { inserted: rows.length, present: 0 };
    },
  };
  const deliver = async (records: readonly KafkaRecord[]) => {
    const batch: Batch = {
      topic: 'naps',
      partition: 1,
      records,
      signal: leave.signal,
      commit: async (next) => void events.push(`commit ${next}`),
    };
    await options?.onBatch(batch);
  };
  return { events, leave, deliver, start: () => consume([{ contract: naps, sink }], deps) };
}

test('rows are written first, then dead letters, and the commit comes last', async () => {
  const { events, start, deliver } = harness();
  await start();
  await deliver([good, bad, tombstone]);
  expect(events).toEqual(['rows 1', 'letters naps-dlt', 'commit 13', 'done 1 1 1']);
});

test('a group that does not keep letters counts the refused record and goes on', async () => {
  const { events, start, deliver } = harness({ deadLetters: null });
  await start();
  await deliver([bad]);
  expect(events).toEqual(['commit 12', 'done 0 1 0']);
});

test('an outage of the registry holds the partition and makes no dead letter', async () => {
  let down = 3;
  const { events, start, deliver } = harness({
    writers: {
      lookUp: async () => {
        if (down-- > 0) throw new ZonerError('REGISTRY_UNAVAILABLE', 'refused');
        return writers;
      },
    },
  });
  await start();
  await deliver([good]);
  expect(events.filter((each) => each === 'held REGISTRY_UNAVAILABLE')).toHaveLength(3);
  expect(events.slice(3)).toEqual(['rows 1', 'commit 11', 'done 1 0 0']);
});

test('while the dead letter topic is down nothing is committed', async () => {
  const { events, leave, start, deliver } = harness({
    deadLetters: {
      send: async () => {
        events.push('tried');
        if (events.filter((each) => each === 'tried').length === 2) leave.abort();
        throw new ZonerError('KAFKA_UNAVAILABLE', 'down');
      },
      close: async () => {},
    },
  });
  await start();
  await expect(deliver([bad])).rejects.toMatchObject({ code: 'LEASE_LOST' });
  expect(events.some((each) => each.startsWith('commit'))).toBe(false);
});

test('a refusal by a system that somebody has to put right halts, and commits nothing', async () => {
  const { events, start, deliver } = harness({
    writers: {
      lookUp: async () => {
        throw new ZonerError('REGISTRY_AUTH', 'wrong password');
      },
    },
  });
  await start();
  await expect(deliver([good])).rejects.toMatchObject({ code: 'REGISTRY_AUTH' });
  expect(events).toEqual([]);
});
