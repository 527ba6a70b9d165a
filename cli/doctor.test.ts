import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '#cli/run-command.ts';
import type { Finding, StatusReport } from '#cli/status-report.ts';

let empty = '';
beforeAll(() => {
  empty = mkdtempSync(join(tmpdir(), 'zoner-doctor-'));
});
afterAll(() => rmSync(empty, { recursive: true, force: true }));

async function examine(folder: string, env: Readonly<Record<string, string>>) {
  const { code, stdout } = await runCommand(folder, ['doctor', '--format', 'json'], { env });
  const { verdict, sections } = JSON.parse(stdout.join('\n')) as StatusReport;
  const of = new Map<string, Finding>(
    sections.flatMap(({ findings }) => findings.map((each) => [each.what, each])),
  );
  return { code, verdict, of };
}

test('in a folder with contracts it names them, and what only some commands need is no fault', async () => {
  const { of } = await examine('.', { PATH: empty, XDG_CACHE_HOME: empty });
  expect(of.get('contracts')?.state).toBe('fine');
  expect(of.get('Node')?.state).toBe('fine');
  for (const what of ['Chromium', 'promtool']) {
    expect(of.get(what)?.state).toBe('note');
    expect(of.get(what)?.remedy).toContain('apt-get install');
  }
});

test('a variable that is wrong, and a folder without contracts, are told with their remedies, and the exit code is 1', async () => {
  const { code, verdict, of } = await examine(empty, { KAFKA_SSL: 'yes' });
  expect([code, verdict]).toEqual([1, 'wrong']);
  expect(of.get('settings')).toMatchObject({ state: 'wrong', says: expect.stringContaining('KAFKA_SSL') });
  expect(of.get('contracts')).toMatchObject({ state: 'wrong', remedy: expect.any(String) });
});

test('a cache without downloads needs the tools that fetch them, and says how to get those', async () => {
  const { verdict, of } = await examine('.', { XDG_CACHE_HOME: empty, PATH: empty });
  expect(of.get('downloads')?.says).toContain('Kafka');
  for (const tool of ['Maven', 'pip'])
    expect(of.get(tool)).toMatchObject({
      state: 'wrong',
      remedy: expect.stringContaining('apt-get install'),
    });
  expect(verdict).toBe('wrong');
});
