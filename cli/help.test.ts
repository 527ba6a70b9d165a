import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { COMMANDS } from '#cli/commands.ts';
import { runCommand } from '#cli/run-command.ts';

const ZONER = fileURLToPath(new URL('./zoner.ts', import.meta.url));
/** Prints, at the end of the process, the names of the packages that it loaded. */
const WATCH = `import { registerHooks } from 'node:module';
const packages = new Set();
registerHooks({ load(url, context, next) {
  const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
  if (name !== undefined) packages.add(name);
  return next(url, context);
} });
process.on('exit', () => console.error(JSON.stringify([...packages])));`;

test('the help names every command, and loads none of them', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--import',
    `data:text/javascript,${encodeURIComponent(WATCH)}`,
    ZONER,
    '--help',
  ]);
  for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toEqual(['commander']);
});

test.each(COMMANDS.map(({ name, description }) => [name, description]))(
  '%s explains itself',
  async (name, description) => {
    for (const asked of [
      ['help', name],
      [name, '--help'],
    ]) {
      const { code, stdout } = await runCommand('.', asked);
      const text = stdout.join('\n');
      expect(code).toBe(0);
      expect(text).toMatch(new RegExp(`^Usage: zoner ${name} `));
      expect(text.replaceAll(/\s+/g, ' ')).toContain(description);
    }
  },
);

test('a command that is misspelt is suggested', async () => {
  const { code, stderr } = await runCommand('.', ['codgen']);
  expect(code).toBe(64);
  expect(stderr.join('\n')).toContain('Did you mean codegen?');
});
