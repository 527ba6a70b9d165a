import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { framedNap, naps, recordOf, writers } from '#consumer/examples.ts';
import { findKillers } from '#consumer/find-killers.ts';

const folder = mkdtempSync(join(tmpdir(), 'zoner-trial-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const signal = new AbortController().signal;
const records = [0n, 1n, 2n, 3n].map((offset) => recordOf(offset, framedNap(Number(offset))));
const trial = { records, writers, contract: naps };

/** A program that judges as the real one does, except that some records end it. */
function deadly(how: string): string {
  const file = join(folder, 'deadly.mjs');
  writeFileSync(
    file,
    `import { writeSync } from 'node:fs';
process.once('message', ({ records }) => {
  records.forEach(({ offset }, index) => {
    writeSync(1, index + '\\n');
    if (offset === 1n || offset === 3n) ${how};
  });
  writeSync(1, 'done\\n');
  process.disconnect();
});`,
  );
  return file;
}

test('the real program judges a batch in its own process and ends well', async () => {
  const broken = recordOf(9n, Buffer.from('no frame'));
  expect(await findKillers({ ...trial, records: [...records, broken] }, signal)).toEqual(new Set());
});

test('exactly the records that end the process are found, each by a process that did nothing else', async () => {
  const found = await findKillers(trial, signal, { program: deadly('process.abort()') });
  expect([...found].map(({ offset }) => offset)).toEqual([1n, 3n]);
});

test('a record that never ends is one of them', async () => {
  const found = await findKillers(trial, signal, { program: deadly('for (;;);'), deadlineMs: 700 });
  expect([...found].map(({ offset }) => offset)).toEqual([1n, 3n]);
});

test('a lost partition ends the trial', async () => {
  const lost = new AbortController();
  const running = findKillers(trial, lost.signal, { program: deadly('for (;;);') });
  setTimeout(() => lost.abort(), 100);
  await expect(running).rejects.toThrow();
});
