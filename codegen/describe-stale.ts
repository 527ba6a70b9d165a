import type { FileChange } from '#codegen/compare.ts';

/** Lines shown on either side: enough to see what changed; the whole diff is what `zoner codegen` leaves in git. */
const SHOWN_LINES = 8;

/** Says what is wrong with a generated file, with the lines between the first and the last difference. */
export function describeStale(path: string, { before, after }: FileChange): string {
  if (after === null) return `orphaned: ${path} (no contract generates it)`;
  if (before === null) return `missing: ${path}`;
  const [old, wanted] = [before.split('\n'), after.split('\n')];
  const shorter = Math.min(old.length, wanted.length);
  let same = 0;
  while (same < shorter && old[same] === wanted[same]) same += 1;
  let tail = 0;
  while (tail < shorter - same && old.at(-1 - tail) === wanted.at(-1 - tail)) tail += 1;
  const excerpt = (sign: string, lines: readonly string[]): string[] => {
    const changed = lines.slice(same, lines.length - tail);
    const shown = changed.slice(0, SHOWN_LINES).map((line) => `  ${sign} ${line}`);
    const rest = changed.length - shown.length;
    return rest > 0 ? [...shown, `  ${sign} … ${rest} more`] : shown;
  };
  return [`stale: ${path}:${same + 1}`, ...excerpt('-', old), ...excerpt('+', wanted)].join('\n');
}
