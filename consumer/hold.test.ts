import { expect, test } from 'vitest';
import { createHold, type HoldOptions } from '#consumer/hold.ts';
import { ZonerError } from '#core/errors.ts';

const down = new ZonerError('WAREHOUSE_UNAVAILABLE', 'down');

/** A hold on a fake clock that adds up its waits. */
function holdWith(changes: Partial<HoldOptions> = {}) {
  const delays: number[] = [];
  const told: string[] = [];
  const hold = createHold({
    firstDelayMs: 200,
    longestDelayMs: 30_000,
    random: () => 1,
    pause: async (ms) => void delays.push(ms),
    stopping: new AbortController().signal,
    onHeld: ({ code }, attempt) => told.push(`${code} ${attempt}`),
    onReleased: () => told.push('released'),
    ...changes,
  });
  return { hold, delays, told };
}

const signal = new AbortController().signal;

test('an outage of ten minutes is waited out, with delays that double up to thirty seconds', async () => {
  const { hold, delays, told } = holdWith();
  const waited = (): number => delays.reduce((sum, ms) => sum + ms, 0);
  const result = await hold(signal, async () => {
    if (waited() < 600_000) throw down;
    return 'done';
  });
  expect(result).toBe('done');
  expect(delays.slice(0, 3)).toEqual([400, 800, 1600]);
  expect(Math.max(...delays)).toBe(30_000);
  expect(told.at(-1)).toBe('released');
});

test('the jitter is full: each delay is drawn from all between the shortest and the ceiling', async () => {
  for (const [random, first] of [
    [0, 200],
    [0.5, 300],
    [1, 400],
  ] as const) {
    const { hold, delays } = holdWith({ random: () => random });
    let fails = 1;
    await hold(signal, async () => {
      if (fails-- > 0) throw down;
    });
    expect(delays).toEqual([first]);
  }
});

test.each(['REGISTRY_AUTH', 'TABLE_MISSING', 'WAREHOUSE_REFUSED', 'TOPIC_MISSING'] as const)(
  '%s waits for a person, and no record suffers',
  async (code) => {
    const { hold, told } = holdWith();
    let fails = 40;
    await hold(signal, async () => {
      if (fails-- > 0) throw new ZonerError(code, 'no');
    });
    expect(told).toHaveLength(41);
  },
);

test('a bug, a lost lease and a reused identity pass at once', async () => {
  const { hold, delays } = holdWith();
  const errors = [
    new TypeError('a bug'),
    new ZonerError('LEASE_LOST', 'gone'),
    new ZonerError('IDENTITY_REUSED', 'recreated'),
  ];
  for (const error of errors) {
    await expect(
      hold(signal, async () => {
        throw error;
      }),
    ).rejects.toBe(error);
  }
  expect(delays).toEqual([]);
});

test('a lost partition and the end of the process both end the wait with LEASE_LOST', async () => {
  for (const which of ['signal', 'stopping'] as const) {
    const ends = new AbortController();
    const { hold } = holdWith({
      ...(which === 'stopping' ? { stopping: ends.signal } : {}),
      pause: async () => ends.abort(),
    });
    const held = hold(which === 'signal' ? ends.signal : signal, async () => {
      throw down;
    });
    await expect(held).rejects.toMatchObject({ code: 'LEASE_LOST' });
  }
});
