import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { renderStatus } from '#cli/render-status.ts';
import { runCommand } from '#cli/run-command.ts';
import type { Shell } from '#cli/shell.ts';
import { finding, type Section, verdictOf } from '#cli/status-report.ts';

const NOWHERE = {
  KAFKA_BROKER: '127.0.0.1:1',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
  REDIS_URL: 'redis://user:secret@127.0.0.1:1',
};
const plain = { style: (_: unknown, text: string) => text } as unknown as Shell;
const section = (...states: readonly Parameters<typeof finding>[1][]): Section => {
  return { name: 'services', findings: states.map((state) => finding('kafka', state, 'so')) };
};

test.each([
  [['fine', 'note'], 'fine'],
  [['fine', 'wrong'], 'wrong'],
  [['unknown'], 'wrong'],
] as const)('findings that are %s are %s together', (states, verdict) => {
  expect(verdictOf([section('fine'), section(...states)])).toBe(verdict);
});

test('where nothing answers, each service is told with its remedy and without its password, and the exit code is 1', async () => {
  // In a folder of its own: the endpoints of a stack that runs in this one would be found.
  const folder = mkdtempSync(join(tmpdir(), 'zoner-status-'));
  const args = ['status', '--format', 'json', '--schemas', resolve('schemas')];
  const { code, stdout } = await runCommand(folder, args, { env: NOWHERE });
  rmSync(folder, { recursive: true });
  expect(code).toBe(1);
  const text = stdout.join('\n');
  expect(text).not.toContain('secret');
  const { verdict, sections } = JSON.parse(text) as { verdict: string; sections: Section[] };
  expect(verdict).toBe('wrong');
  const [services, ...others] = sections;
  expect(services?.findings.map(({ what, state }) => [what, state])).toEqual([
    ['kafka', 'wrong'],
    ['registry', 'wrong'],
    ['redis', 'wrong'],
    ['warehouse', 'note'],
  ]);
  for (const { remedy } of services?.findings ?? []) expect(remedy).not.toBeNull();
  expect(others.flatMap(({ findings }) => findings.map(({ state }) => state))).toEqual([
    'unknown',
    'unknown',
    'unknown',
    'unknown',
  ]);
}, 30_000);

test('a screen shows some of many details, and says how many more there are', () => {
  const details = Array.from({ length: 9 }, (_, index) => `change ${index}`);
  const findings = [
    finding('topics', 'wrong', '9 differences', { details, remedy: 'Run: zoner topics apply' }),
  ];
  const text = renderStatus(plain, {
    zoner: '0.1.0',
    node: 'v24',
    environment: 'local',
    at: '2026-03-02T00:00:00.000Z',
    verdict: 'wrong',
    sections: [{ name: 'topics', findings }],
  });
  expect(text).toContain('✗ topics  9 differences\n      change 0');
  expect(text).toContain('change 5\n      and 3 more\n      Run: zoner topics apply');
});
