import { expect, test } from 'vitest';
import { createSlots } from '#kafka/slots.ts';

test('so many run at once, the others in the order of asking as soon as one is done', async () => {
  const slots = createSlots(2);
  const begun: number[] = [];
  const releases = new Map<number, () => void>();
  const works = [0, 1, 2, 3].map(async (work) => {
    releases.set(work, await slots.take());
    begun.push(work);
  });
  await Promise.all(works.slice(0, 2));
  expect(begun).toEqual([0, 1]);
  releases.get(1)?.();
  await works[2];
  expect(begun).toEqual([0, 1, 2]);
  releases.get(0)?.();
  await works[3];
  expect(begun).toEqual([0, 1, 2, 3]);
});
