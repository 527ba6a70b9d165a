import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCommand } from '#cli/run-command.ts';

test('types, JSON Schema and SQL of every golden contract are what stands beside it', async () => {
  const { code, stdout } = await runCommand('.', ['codegen', '--check', '--schemas', 'codegen/golden']);
  expect(stdout).toEqual([expect.stringMatching(/^\d+ generated files as the schemas say$/)]);
  expect(code).toBe(0);
  const contracts = readdirSync('codegen/golden').filter((name) => name !== 'generated');
  expect(contracts.length).toBeGreaterThan(30);
});
