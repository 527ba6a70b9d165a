import { expect, test } from 'vitest';
import { createReplayWorld, napRecords, seeded } from '#cli/replay-world.ts';
import { countLetters } from '#dead-letters/count-letters.ts';
import { parkedLetter } from '#dead-letters/parked-letter.ts';
import { settle } from '#dead-letters/settle.ts';
import { startWatch } from '#dead-letters/watch.ts';

const DAY = 86_400_000;

async function worldWithLetters() {
  const world = createReplayWorld();
  await world.producer.send(napRecords(60, seeded(12)));
  const member = await world.join();
  await world.caughtUp();
  await member.stop();
  return world;
}

test('a parked letter is found when the dead letter topic has let it go; one that was never parked is not', async () => {
  const world = await worldWithLetters();
  const deps = world.writeDeps('park');
  const watch = await startWatch(deps);
  const [parked, open] = [...watch.book.all()].map(({ id }) => id);
  if (parked === undefined || open === undefined) throw new Error('two letters are needed');
  await settle('park', [parked], 'asked the producer', watch, deps);
  const before = world.broker.log
    .records('naps-dlt')
    .find(({ headers }) => headers.some(([name, value]) => name === 'dlt.id' && String(value) === parked));
  for (const [partition, { high }] of await world.broker.ranges('naps-dlt'))
    world.broker.log.truncate('naps-dlt', partition, high);
  await watch.caughtUp();
  const found = await parkedLetter(parked, watch, deps);
  expect(found?.known.state).toBe('parked');
  expect(found?.record.value).toEqual(before?.value);
  expect(await parkedLetter(open, watch, deps)).toBeNull();
  await watch.close();
});

test('letters are counted by state, and the open ones that expire within five days', async () => {
  const world = await worldWithLetters();
  const deps = world.writeDeps('count');
  const young = await countLetters(deps, world.now());
  const open = young.byState.get('open') ?? 0;
  expect(open).toBeGreaterThan(1);
  expect(young.expiring).toBe(0);
  const watch = await startWatch(deps);
  const [first] = watch.book.all();
  await settle('park', [first?.id ?? ''], 'kept', watch, deps);
  await watch.close();
  const old = await countLetters(deps, world.now() + 26 * DAY);
  expect(old).toEqual({
    byState: new Map([
      ['parked', 1],
      ['open', open - 1],
    ]),
    expiring: open - 1,
  });
});
