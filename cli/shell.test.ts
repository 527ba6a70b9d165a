import { expect, test } from 'vitest';
import { isWatched } from '#cli/shell.ts';

test.each([
  ['a terminal', { isTTY: true, columns: 80 }, true],
  ['a terminal that tells no width', { isTTY: true, columns: 0 }, false],
  ['a file or a pipe', {}, false],
])('%s is drawn on, or not', (_, stream, watched) => {
  expect(isWatched(stream)).toBe(watched);
});
