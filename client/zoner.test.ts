import { expect, test } from 'vitest';
import { connect } from '#client/zoner.ts';
import { UserActivity } from '#generated/user-activity/types.ts';

test('wrong settings are told at once, all of them', () => {
  const env = { KAFKA_SSL: 'maybe', SCHEMA_REGISTRY_URL: 'nowhere' };
  expect(() => connect({ env })).toThrow(/KAFKA_SSL.*SCHEMA_REGISTRY_URL/s);
});

test('an application without a name cannot consume, and is told what to do', async () => {
  await using zoner = connect({ env: {} });
  await expect(zoner.consume(UserActivity, () => {})).rejects.toMatchObject({
    code: 'USAGE',
    remedy: expect.stringContaining('connect({ name'),
  });
});

test('handlers get the types that generated code says', () => {
  const zoner = connect({ env: {}, name: 'types' });
  const never = () =>
    zoner.consume(UserActivity, ({ activity, occurredAt }) => {
      if (activity.kind === 'Meal') activity.caffeine satisfies number | null;
      occurredAt satisfies Date;
      // @ts-expect-error there is no such field
      void activity.calories;
    });
  // @ts-expect-error a value needs its required fields
  const wrong = () => zoner.send(UserActivity, { userId: 'ada' });
  expect([never, wrong]).toHaveLength(2);
});
