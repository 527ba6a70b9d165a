import { expect, test } from 'vitest';
import { exampleApi } from '#api/testing/example-person.ts';
import { createAdvicePool } from '#recommendations/advice-pool.ts';

test('while a journey is planned, others are answered', async () => {
  const pool = createAdvicePool();
  const { app } = await exampleApi({ compute: pool.compute });
  let isPlanned = false;
  const planned = app.inject('/v1/users/ada/recommendations').finally(() => {
    isPlanned = true;
  });
  // A plan takes some hundred milliseconds of a processor; made in this thread, it would be there before the second answer.
  for (let answered = 0; answered < 30; answered += 1)
    expect((await app.inject('/v1/users/ada/trips')).statusCode).toBe(200);
  expect(isPlanned).toBe(false);
  expect((await planned).json().journey).not.toBeNull();
  await Promise.all([app.close(), pool.close()]);
}, 30_000);
