import { structuredPatch } from 'diff';
import type { FileChange } from '#codegen/compare.ts';

/** Enough to see what changed; the whole difference is what `zoner codegen` leaves in git. */
const SHOWN_LINES = 60;

/** A types file holds its schema as one line of thousands of characters; what changed in it shows in other lines too. */
const SHOWN_COLUMNS = 160;

/** What is wrong with a generated file: a unified diff from what is there to what belongs there. */
export function describeStale(path: string, { before, after }: FileChange): string {
  if (after === null) return `orphaned: ${path} (no contract generates it)`;
  if (before === null) return `missing: ${path}`;
  const { hunks } = structuredPatch(path, path, before, after, '', '', { context: 2 });
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: changed }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...changed,
  ]);
  const rest = lines.length - SHOWN_LINES;
  const shown = rest > 0 ? [...lines.slice(0, SHOWN_LINES), `… ${rest} more lines`] : lines;
  const [hunk] = hunks;
  const kept = hunk?.lines.findIndex((line) => !line.startsWith(' ')) ?? 0;
  return [
    `stale: ${path}:${(hunk?.newStart ?? 1) + kept}`,
    ...shown.map((line) => `  ${shortened(line)}`),
  ].join('\n');
}

function shortened(line: string): string {
  const rest = line.length - SHOWN_COLUMNS;
  return rest > 0 ? `${line.slice(0, SHOWN_COLUMNS)} … ${rest} more characters` : line;
}
