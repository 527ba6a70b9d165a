import { expect, test } from 'vitest';
import { runCommand } from '#cli/run-command.ts';

test.each(['0.0.0.0', '::', '192.0.2.7', 'example.org', '127.0.0.1.example.org'])(
  'without authentication nothing is served on %s',
  async (host) => {
    const { code, stderr } = await runCommand('.', ['serve', '--host', host]);
    expect(code).toBe(64);
    expect(stderr.join('\n')).toContain('ZONER_API_JWT_SECRET');
  },
);

test('a port that is none is wrong usage', async () => {
  expect((await runCommand('.', ['serve', '--port', '65536'])).code).toBe(64);
});
