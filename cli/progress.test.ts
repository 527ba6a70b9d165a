import { expect, test } from 'vitest';
import { startProgress } from '#cli/progress.ts';
import type { Shell } from '#cli/shell.ts';

test('a log hears of progress every ten seconds, and of the end', () => {
  const lines: string[] = [];
  let time = 0;
  const shell = { interactive: false, tell: (text: string) => void lines.push(text) } as unknown as Shell;
  const progress = startProgress(shell, 'begins', () => time);
  for (const at of [9_999, 10_000, 12_000, 20_001]) {
    time = at;
    progress.update(`at ${at}`);
  }
  progress.done('ends');
  expect(lines).toEqual(['at 10000', 'at 20001', 'ends']);
});
