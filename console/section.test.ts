import { expect, test } from 'vitest';
import { createSection } from '#console/section.ts';
import { ZonerError } from '#core/errors.ts';

/** A section over readings that the test answers, on a clock of its own. */
function harness(everyMs = 60_000) {
  let now = 1000;
  const readings: PromiseWithResolvers<string>[] = [];
  const told = { read: 0, defects: 0 };
  const section = createSection<string>(
    everyMs,
    () => {
      const reading = Promise.withResolvers<string>();
      readings.push(reading);
      return reading.promise;
    },
    {
      now: () => now,
      onRead: () => {
        told.read += 1;
      },
      onDefect: () => {
        told.defects += 1;
      },
    },
  );
  const pass = (ms: number): void => {
    now += ms;
  };
  return { section, readings, told, pass };
}

test('whoever looks is answered at once, and however many look, it is read once at a time and no sooner than it is old', async () => {
  const { section, readings, told, pass } = harness();
  expect(section.look()).toEqual({ value: null, at: null, trouble: null });
  section.look();
  expect(readings).toHaveLength(1);
  readings[0]?.resolve('one');
  await section.settled();
  pass(59_999);
  expect(section.look()).toEqual({ value: 'one', at: 1000, trouble: null });
  expect(readings).toHaveLength(1);
  pass(1);
  section.look();
  expect([readings.length, told.read]).toEqual([2, 1]);
});

test('what cannot be read keeps its last value and says why, with the remedy; soon after it is read again', async () => {
  const { section, readings, pass } = harness();
  section.look();
  readings[0]?.resolve('one');
  await section.settled();
  pass(60_000);
  section.look();
  readings[1]?.reject(new ZonerError('REGISTRY_UNAVAILABLE', 'no answer'));
  await section.settled();
  expect(section.look()).toMatchObject({
    value: 'one',
    at: 1000,
    trouble: { message: 'no answer', remedy: expect.any(String) },
  });
  pass(5000);
  section.look();
  readings[2]?.resolve('two');
  await section.settled();
  expect(section.look()).toMatchObject({ value: 'two', trouble: null });
});

test('a defect is told to the log and not to the page', async () => {
  const { section, readings, told } = harness();
  section.look();
  readings[0]?.reject(new Error('ada slept badly'));
  await section.settled();
  expect(told.defects).toBe(1);
  expect(JSON.stringify(section.look())).not.toContain('ada');
});
