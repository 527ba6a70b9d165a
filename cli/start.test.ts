import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '#cli/run-command.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-start-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]): ReturnType<typeof runCommand> => runCommand(folder, args);
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

test('a new contract passes lint and codegen as it is', async () => {
  const made = await run('contract', 'new', 'sleep-goal', '--key', 'userId');
  expect(made.stdout).toEqual([
    'written   schemas/sleep-goal/contract.json',
    'written   schemas/sleep-goal/sleep-goal.avsc',
  ]);
  expect(JSON.parse(read('schemas/sleep-goal/contract.json'))).toMatchObject({
    topic: 'sleep_goal',
    key: 'userId',
  });
  expect((await run('lint', '--strict')).code).toBe(0);
  expect((await run('codegen')).code).toBe(0);
  expect((await run('codegen', '--check')).code).toBe(0);
  expect(read('schemas/generated/sleep-goal/types.ts')).toContain('export const SleepGoal: ContractValue<');
});

test('a second contract takes the namespace and the owner that the others share', async () => {
  await run('contract', 'new', 'sleep-goal', '--namespace', 'zoner.goals');
  await run('contract', 'new', 'meal-plan');
  expect(JSON.parse(read('schemas/meal-plan/meal-plan.avsc'))).toMatchObject({
    namespace: 'zoner.meal_plan',
  });
  expect(JSON.parse(read('schemas/meal-plan/contract.json'))).toMatchObject({ owner: 'sleep-goal-team' });
});

test.each([['Sleep Goal'], ['1st'], ['../out'], ['generated']])(
  '%s is no name of a contract: exit 64, nothing written',
  async (name) => {
    const { code, stderr } = await run('contract', 'new', name);
    expect(code).toBe(64);
    expect(stderr.join('\n')).toContain('is no name of a contract');
  },
);

test('a contract that is there already is not written over', async () => {
  await run('contract', 'new', 'naps');
  writeFileSync(join(folder, 'schemas/naps/naps.avsc'), '{}');
  expect((await run('contract', 'new', 'naps')).code).toBe(64);
  expect(read('schemas/naps/naps.avsc')).toBe('{}');
});

test('init sets up an empty folder, and keeps what is there when it is run again', async () => {
  const first = await run('init', 'bookings');
  expect(first.code).toBe(0);
  expect(first.stdout).toContain('written   schemas/generated/bookings/types.ts');
  expect(read('.gitignore')).toContain('.env.*\n!.env.example\n');
  writeFileSync(join(folder, 'docker-compose.yml'), 'mine');
  const again = await run('init');
  expect(again.code).toBe(0);
  expect(again.stdout.filter((line) => !line.startsWith('unchanged'))).toEqual([]);
  expect(read('docker-compose.yml')).toBe('mine');
  expect((await run('lint', '--strict')).code).toBe(0);
});

test('lint prints findings as text, as JSON and as annotations, and its rules', async () => {
  await run('contract', 'new', 'naps');
  const path = join(folder, 'schemas/naps/naps.avsc');
  writeFileSync(
    path,
    read('schemas/naps/naps.avsc').replace('"Identifies the event, however often it is sent."', '""'),
  );
  const text = await run('lint');
  expect(text.code).toBe(0);
  expect(text.stdout).toEqual([
    'schemas/naps/naps.avsc:7:5: nobody says what Naps.eventId means',
    '  warning missing-doc at Naps.eventId. Add "doc" to the field: meaning, unit, an example.',
  ]);
  expect(text.stderr).toEqual(['lint: 0 errors, 1 warning']);
  expect((await run('lint', '--strict')).code).toBe(1);
  const json = JSON.parse((await run('lint', '--format', 'json')).stdout.join('\n'));
  expect(json).toMatchObject({ findings: [{ rule: 'missing-doc', position: { line: 7 } }], waived: [] });
  expect((await run('lint', '--format', 'github')).stdout[0]).toMatch(
    /^::warning file=schemas\/naps\/naps\.avsc,line=7,col=5,title=missing-doc::nobody says/,
  );
  expect((await run('lint', '--rules', '--format', 'json')).stdout.join('\n')).toContain(
    '"zero-width-items"',
  );
});
