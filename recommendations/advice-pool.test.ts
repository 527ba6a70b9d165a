import { expect, test } from 'vitest';
import { accepted, nights } from '#recommendations/advice/person-examples.ts';
import { createAdvicePool } from '#recommendations/advice-pool.ts';
import { createActivityFold } from '#recommendations/fold.ts';
import { createMemoryStore } from '#recommendations/memory-store.ts';
import { computeAdvice, createReadAdvice } from '#recommendations/read-advice.ts';

const NOW = Date.parse('2026-01-15T11:00:00Z');
const LIMITS = { threads: 1, mostWaiting: 1, deadlineMs: 60_000 };

async function settledPerson() {
  const store = createMemoryStore();
  const records = accepted(nights('2026-01-15T06:00:00Z', 12, 'Europe/Paris'));
  await createActivityFold(store).write(records, new AbortController().signal);
  return { store, known: await store.read('ada') };
}

test('a thread computes what would be computed here, and more than may wait are refused at once', async () => {
  const { known } = await settledPerson();
  const pool = createAdvicePool(LIMITS);
  const here = computeAdvice(known, NOW);
  expect(await pool.compute(known, NOW)).toEqual(here);
  const later = NOW + 60_000;
  const again = computeAdvice({ ...known, checkpoint: here.checkpoint }, later);
  expect(await pool.compute({ ...known, checkpoint: here.checkpoint }, later)).toEqual(again);
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => pool.compute(known, NOW)));
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toMatchObject([
    { reason: { code: 'OVERLOADED', retryable: true } },
    { reason: { code: 'OVERLOADED' } },
  ]);
  await pool.close();
});

test('what is not computed in time is refused', async () => {
  const { known } = await settledPerson();
  const pool = createAdvicePool({ ...LIMITS, deadlineMs: 1 });
  await expect(pool.compute(known, NOW)).rejects.toMatchObject({ code: 'OVERLOADED' });
  await pool.close();
});

test('those who ask at once for one version of a person get one computation, and it is kept', async () => {
  const { store } = await settledPerson();
  let computed = 0;
  const readAdvice = createReadAdvice(store, async (asked, now) => {
    computed += 1;
    await new Promise(setImmediate);
    return computeAdvice(asked, now);
  });
  const [first, second] = await Promise.all([readAdvice('ada', NOW), readAdvice('ada', NOW)]);
  expect([computed, second]).toEqual([1, first]);
  expect((await store.read('ada')).checkpoint).not.toBeNull();
  await readAdvice('ada', NOW);
  expect(computed).toBe(2);
});
