import { expect, test } from 'vitest';
import { Health } from '#consumer/health.ts';
import { ZonerError } from '#core/errors.ts';

function healthAt() {
  let clock = 0;
  const health = new Health({ stuckAfterMs: 1000, now: () => 0, clock: () => clock });
  return {
    health,
    pass: (ms: number) => {
      clock += ms;
    },
  };
}

test('a hold with a named cause is live and not ready, however long it lasts', () => {
  const { health, pass } = healthAt();
  health.entered('running');
  health.begun('work');
  health.held('work', 'naps/0', new ZonerError('WAREHOUSE_UNAVAILABLE', 'down'), 3);
  pass(3_600_000);
  expect(health.report()).toMatchObject({
    live: true,
    ready: false,
    causes: [{ what: 'naps/0', code: 'WAREHOUSE_UNAVAILABLE', attempts: 3 }],
  });
  health.released('work');
  expect(health.report()).toMatchObject({ live: true, ready: true, causes: [] });
});

test('work without progress and without a cause is not alive', () => {
  const { health, pass } = healthAt();
  health.entered('running');
  health.begun('work');
  pass(1001);
  expect(health.report()).toMatchObject({ live: false, ready: false });
  health.ended('work');
  pass(1_000_000);
  expect(health.report()).toMatchObject({ live: true, ready: true });
});

test('partitions that nothing works on for so long are no life, unless something is held', () => {
  const { health, pass } = healthAt();
  health.entered('running');
  health.idle(['naps/0', 'naps/1']);
  pass(600);
  health.idle(['naps/1']);
  pass(401);
  expect(health.report()).toMatchObject({ live: false, ready: false, idle: ['naps/1'] });
  health.held('naps', 'naps', new ZonerError('FLOOD', 'too many'), 1);
  expect(health.report()).toMatchObject({ live: true, ready: false });
  health.released('naps');
  health.idle([]);
  expect(health.report()).toMatchObject({ live: true, ready: true, idle: [] });
});

test('a consumer that begins or ends is live and not ready', () => {
  const { health } = healthAt();
  expect(health.report()).toMatchObject({ live: true, ready: false, phase: 'starting' });
  health.entered('draining');
  expect(health.report()).toMatchObject({ live: true, ready: false, phase: 'draining' });
});
