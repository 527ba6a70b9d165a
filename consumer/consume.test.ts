import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { consume } from '#consumer/consume.ts';
import type { ConsumeDeps } from '#consumer/deps.ts';
import { framedNap, naps, OWN_ID, recordOf, UNKNOWN_ID, writers } from '#consumer/examples.ts';
import { BREAKER_DEFAULTS, createFloodBreaker } from '#consumer/flood-breaker.ts';
import { createHold } from '#consumer/hold.ts';
import { sha256Of } from '#consumer/origin.ts';
import type { AcceptedRecord, Batch, KafkaRecord, RecordSink, RunOptions } from '#consumer/ports.ts';
import { createUnknownWindow, WINDOW_DEFAULTS } from '#consumer/unknown-window.ts';
import { ZonerError } from '#core/errors.ts';

const good = recordOf(10n, framedNap(20));
const bad = recordOf(11n, Buffer.from('not a frame'));
const BEGUN = 'commit 10 zoner {"attempts":1}';
const tombstone = recordOf(12n, null);

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  setFlagsFromString('--no-expose-gc');
}

/** What happened, in order, in a loop whose outside world is made of these few functions. */
function harness(
  overrides: Partial<ConsumeDeps> = {},
  note = '',
  broker: () => Promise<void> = async () => {},
) {
  const events: string[] = [];
  let clock = 0;
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
      random: () => 0,
      pause: async () => {},
      stopping: new AbortController().signal,
      onReleased: () => events.push('released'),
      onHeld: ({ code }) => events.push(`held ${code}`),
    }),
    offsets: { commitMetadata: async () => new Map([[1, note]]) },
    unknownIds: createUnknownWindow({
      ...WINDOW_DEFAULTS,
      now: () => clock,
      pause: async (ms) => {
        clock += ms;
      },
    }),
    breaker: createFloodBreaker({ ...BREAKER_DEFAULTS, accepted: new Set() }),
    findKillers: async () => new Set(),
    onBegin: () => {},
    onEnd: () => {},
    onPaused: (topic, { message }) => events.push(`paused ${topic}: ${message}`),
    clusterId: 'c',
    appVersion: '0',
    now: () => 0n,
    onBatch: (_, { accepted, refused, skipped }) =>
      events.push(`done ${accepted.length} ${refused.length} ${skipped.length}`),
    onFatal: () => {},
    ...overrides,
  };
  const start = (refuses: (rows: readonly AcceptedRecord[]) => readonly AcceptedRecord[] = () => []) => {
    const sink: RecordSink = {
      write: async (rows) => {
        events.push(`rows ${rows.length}`);
        const refused = refuses(rows).map((accepted) => {
          return { accepted, code: 'DATA_REFUSED' as const, reason: 'no room' };
        });
        return { inserted: rows.length - refused.length, present: 0, refused };
      },
    };
    return consume([{ contract: naps, sink, readsRetries: true }], deps);
  };
  const deliver = async (records: readonly KafkaRecord[], topic = 'naps', end?: bigint, partition = 1) => {
    const batch: Batch = {
      topic,
      partition,
      records,
      ...(end === undefined ? {} : { end }),
      signal: leave.signal,
      async commit(next, metadata) {
        events.push(`commit ${next}${metadata && ` ${metadata}`}`);
        await broker();
      },
      pause: () => void events.push('pause'),
    };
    await options?.onBatch(batch);
  };
  return { events, leave, deliver, start };
}

test('rows are written first, then dead letters, and the commit comes last', async () => {
  const { events, start, deliver } = harness();
  await start();
  await deliver([good, bad, tombstone]);
  expect(events).toEqual([BEGUN, 'rows 1', 'letters naps-dlt', 'done 1 1 1', 'commit 13']);
});

test('a group that does not keep letters counts the refused record and goes on', async () => {
  const { events, start, deliver } = harness({ deadLetters: null });
  await start();
  await deliver([bad]);
  expect(events).toEqual(['commit 11 zoner {"attempts":1}', 'done 0 1 0', 'commit 12']);
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
  expect(events.slice(-4)).toEqual(['released', 'rows 1', 'done 1 0 0', 'commit 11']);
});

test('while a broker takes its time with the commit, no decoded value is held', async () => {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  let values: readonly WeakRef<object>[] = [];
  const { start, deliver, events } = harness({}, '', () => {
    if (values.length > 0) asked.resolve();
    return values.length > 0 ? answered.promise : Promise.resolve();
  });
  await start((rows) => {
    values = rows.map(({ value }) => new WeakRef(value as object));
    return [];
  });
  const delivered = deliver([good]);
  await asked.promise;
  // What a weak reference was made for is kept until the end of the turn.
  await setImmediate();
  collectGarbage();
  expect(values.map((each) => each.deref())).toEqual([undefined]);
  answered.resolve();
  await delivered;
  expect(events.at(-1)).toBe('commit 11');
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
  expect(events.filter((each) => each.startsWith('commit'))).toEqual(['commit 11 zoner {"attempts":1}']);
});

test('a refusal by a system that somebody has to put right holds until it is right', async () => {
  let wrong = 2;
  const { events, start, deliver } = harness({
    writers: {
      lookUp: async () => {
        if (wrong-- > 0) throw new ZonerError('REGISTRY_AUTH', 'wrong password');
        return writers;
      },
    },
  });
  await start();
  await deliver([good]);
  expect(events).toEqual([
    BEGUN,
    'held REGISTRY_AUTH',
    'held REGISTRY_AUTH',
    'released',
    'rows 1',
    'done 1 0 0',
    'commit 11',
  ]);
});

test('a record that the sink has no room for becomes a dead letter, and the others stay rows', async () => {
  const { events, start, deliver } = harness({}, '');
  await start((accepted) => accepted.slice(0, 1));
  await deliver([good, recordOf(11n, framedNap(30))]);
  expect(events.slice(1)).toEqual(['rows 2', 'letters naps-dlt', 'done 1 1 0', 'commit 12']);
});

test('ids that the registry does not know are asked for during one window, and then refused', async () => {
  let asked = 0;
  const { events, start, deliver } = harness({
    writers: {
      lookUp: async (ids) => {
        asked += 1;
        return new Map([...ids].map((id) => [id, { kind: 'unknown' }]));
      },
    },
  });
  await start();
  await deliver([recordOf(10n, framedNap(1, UNKNOWN_ID)), recordOf(11n, framedNap(1, UNKNOWN_ID + 1))]);
  expect(asked).toBe(61);
  await deliver([recordOf(12n, framedNap(1, UNKNOWN_ID))]);
  expect(asked).toBe(62);
  expect(events.filter((each) => each.startsWith('done'))).toEqual(['done 0 2 0', 'done 0 1 0']);
});

test('an id that no registry gives is refused at once, and leaves the window to others', async () => {
  let asked = 0;
  const { start, deliver } = harness({
    writers: {
      lookUp: async (ids) => {
        asked += 1;
        return new Map([...ids].map((id) => [id, { kind: 'unknown' }]));
      },
    },
  });
  await start();
  await deliver([recordOf(10n, framedNap(1, 2 ** 31))]);
  expect(asked).toBe(1);
  await deliver([recordOf(11n, framedNap(1, 2 ** 31 - 1))]);
  expect(asked).toBe(62);
});

test('an id that becomes known within the window is no dead letter', async () => {
  let asked = 0;
  const { events, start, deliver } = harness({
    writers: {
      lookUp: async () => (++asked < 5 ? new Map([[OWN_ID, { kind: 'unknown' as const }]]) : writers),
    },
  });
  await start();
  await deliver([good]);
  expect(events.slice(1)).toEqual(['rows 1', 'done 1 0 0', 'commit 11']);
});

const flood = Array.from({ length: 150 }, (_, at) => recordOf(BigInt(20 + at), Buffer.from('no frame')));

test('a flood of refusals stops its topic: no row, no letter, no offset beyond the batch', async () => {
  const { events, start, deliver } = harness();
  await start();
  await deliver(flood);
  expect(events).toEqual([
    'commit 20 zoner {"attempts":1}',
    'commit 20 zoner {"flood":"NO_FRAME"}',
    'paused naps: naps is stopped: 100 of 100 records are refused with NO_FRAME',
    'pause',
  ]);
});

test('a stopped topic stays stopped after a restart, until its code is accepted', async () => {
  const note = 'zoner {"flood":"NO_FRAME"}';
  const stopped = harness({}, note);
  await stopped.start();
  await stopped.deliver([good]);
  expect(stopped.events.at(-1)).toBe('pause');
  expect(stopped.events.some((each) => each.startsWith('commit'))).toBe(false);
  const breaker = createFloodBreaker({ ...BREAKER_DEFAULTS, accepted: new Set(['NO_FRAME'] as const) });
  const resumed = harness({ breaker }, note);
  await resumed.start();
  await resumed.deliver(flood);
  expect(resumed.events.slice(-2)).toEqual(['done 0 150 0', 'commit 170']);
});

test('a flood in one partition stops the others of its topic, here and in whoever reads them next', async () => {
  const { events, start, deliver } = harness();
  await start();
  await deliver([good], 'naps', undefined, 0);
  await deliver(flood);
  events.length = 0;
  await deliver([recordOf(11n, framedNap(30))], 'naps', undefined, 0);
  expect(events).toEqual([
    'paused naps: naps is stopped: too many records are refused with NO_FRAME',
    'pause',
  ]);
  const next = harness({}, 'zoner {"flood":"NO_FRAME"}');
  await next.start();
  await next.deliver([good], 'naps', undefined, 0);
  expect(next.events.at(-1)).toBe('pause');
  expect(next.events.some((each) => each.startsWith('commit'))).toBe(false);
});

test('a flood on the retry topic stops the retry topic, and the source goes on', async () => {
  const { events, start, deliver } = harness({
    offsets: { commitMetadata: async () => new Map() },
  });
  await start();
  await deliver(
    flood.map((record) => ({ ...record, topic: 'naps-retry' })),
    'naps-retry',
  );
  expect(events.slice(-2)).toEqual([expect.stringContaining('paused naps-retry'), 'pause']);
  await deliver([good]);
  expect(events.slice(-2)).toEqual(['done 1 0 0', 'commit 11']);
});

test('a flood of records that the sink refuses writes no letter and commits nothing', async () => {
  const { events, start, deliver } = harness();
  await start((accepted) => accepted.slice(0, 120));
  await deliver(Array.from({ length: 150 }, (_, at) => recordOf(BigInt(20 + at), framedNap(at))));
  expect(events).toEqual([
    'commit 20 zoner {"attempts":1}',
    'rows 150',
    'commit 20 zoner {"flood":"DATA_REFUSED"}',
    expect.stringContaining('are refused with DATA_REFUSED'),
    'pause',
  ]);
});

test('a batch that ended three processes is tried elsewhere, and only what ends that is refused', async () => {
  let tried = 0;
  const deps: Partial<ConsumeDeps> = {
    findKillers: async ({ records }) => {
      tried += 1;
      return new Set(records.slice(1, 2));
    },
  };
  const second = harness(deps, 'zoner {"attempts":2}');
  await second.start();
  await second.deliver([good]);
  expect([tried, second.events[0]]).toEqual([0, 'commit 10 zoner {"attempts":3}']);
  const third = harness(deps, 'zoner {"attempts":3}');
  await third.start();
  await third.deliver([good, recordOf(11n, framedNap(30)), tombstone]);
  expect(tried).toBe(1);
  expect(third.events.slice(1)).toEqual(['rows 1', 'letters naps-dlt', 'done 1 1 1', 'commit 13']);
  await third.deliver([recordOf(13n, framedNap(30))]);
  expect(tried).toBe(1);
});

test('a replayed record is a row of its origin, and its letter is resolved before the commit', async () => {
  const value = framedNap(20);
  const facts = {
    topic: 'naps',
    partition: '1',
    offset: '3',
    timestamp: '5',
    'value.sha256': sha256Of(value),
  };
  const headers = Object.entries(facts).map(
    ([name, text]) => [`dlt.src.${name}`, Buffer.from(text)] as const,
  );
  const { events, start, deliver } = harness();
  await start();
  await deliver([{ ...recordOf(10n, value), topic: 'naps-retry', headers }], 'naps-retry');
  expect(events.slice(1)).toEqual(['rows 1', 'letters naps-dlt-status', 'done 1 0 0', 'commit 11']);
});

test('aborted records alone are committed and nothing else; those before the first record count no attempt', async () => {
  const { events, start, deliver } = harness({}, 'zoner {"attempts":2}');
  await start();
  await deliver([], 'naps', 9n);
  await deliver([good]);
  expect(events).toEqual(['commit 9', 'commit 10 zoner {"attempts":3}', 'rows 1', 'done 1 0 0', 'commit 11']);
});

test('a flood that nobody has accepted stops a topic also where only aborted records follow', async () => {
  const { events, start, deliver } = harness({}, 'zoner {"flood":"NO_FRAME"}');
  await start();
  await deliver([], 'naps', 9n);
  expect(events).toEqual([expect.stringContaining('paused naps'), 'pause']);
});
