import { expect, test } from 'vitest';
import { stopped } from '#cli/stop-signal.ts';

test('a command that is stopped while it begins does not wait for a second signal', async () => {
  await expect(stopped(AbortSignal.abort())).resolves.toBeUndefined();
});

test('a command that runs is stopped by the signal', async () => {
  const stop = new AbortController();
  const end = stopped(stop.signal);
  stop.abort();
  await expect(end).resolves.toBeUndefined();
});
