import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const LOG = new URL('./log.ts', import.meta.url).href;
const SCRIPT = `import { createLog } from '${LOG}';
const log = createLog('info');
log.debug({ place: 'user_activity/0' }, 'too fine');
log.warn({ place: 'user_activity/0', attempt: 2 }, 'held');`;

test('what no terminal reads is one JSON object a line, from the level on that was asked for', () => {
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT], { encoding: 'utf8' });
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual([
    {
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      place: 'user_activity/0',
      attempt: 2,
      msg: 'held',
    },
  ]);
});
