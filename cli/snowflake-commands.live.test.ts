import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { liveEnvironment } from '#stack/live-environment.ts';

/** Every command of the README's section "Deploy DDL to Snowflake", in its order, as a newcomer types them. */

const PROGRAM = fileURLToPath(new URL('./zoner.ts', import.meta.url));
const DATABASE = `DEPLOY_${randomBytes(4).toString('hex').toUpperCase()}`;
const env = { ...liveEnvironment(), SNOWFLAKE_DATABASE: DATABASE, NO_COLOR: '1' };
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-deploy-'));
  cpSync('schemas', join(folder, 'schemas'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The arguments of each `npx zoner …` line of the section. */
function commandsOf(section: string): readonly (readonly string[])[] {
  const text = readFileSync('README.md', 'utf8').split(`## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = text.split('\n').flatMap((line) => /^npx zoner (.*?)(?:\s+#.*)?$/.exec(line)?.[1] ?? []);
  return lines.map((line) =>
    [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  );
}

function zoner(args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: `${stdout}${stderr}` });
    });
  });
}

/** What each command ends with, by its second word: the plan has changes, everything else is fine. */
const ENDS: Readonly<Record<string, number>> = { plan: 2 };

test('every command of the section ends as it says', async () => {
  const commands = commandsOf('Deploy DDL to Snowflake');
  expect(commands.map(([, word]) => word)).toEqual([
    'plan',
    'apply',
    'apply',
    'drift',
    'inspect',
    'query',
    'grants',
  ]);
  for (const command of commands) {
    const args = command.map((word) => word.replaceAll('ZONER_DB', DATABASE));
    const { code, out } = await zoner(args);
    expect(code, `${args.join(' ')}\n${out}`).toBe(ENDS[command[1] ?? ''] ?? 0);
  }
  expect((await zoner(['snowflake', 'plan'])).out).toContain('nothing to do');
}, 180_000);

test('a column that a contract writes cannot be dropped, and the command says so', async () => {
  const { code, out } = await zoner(['snowflake', 'plan', '--allow', 'drop:USER_ACTIVITY.USER_ID']);
  expect({ code, out }).toMatchObject({
    code: 1,
    out: expect.stringContaining('names no column that could be dropped'),
  });
});
