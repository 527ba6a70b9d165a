import type { Shell } from '#cli/shell.ts';
import type { Finding, State, StatusReport } from '#cli/status-report.ts';

const SIGNS: Readonly<Record<State, readonly [sign: string, style: 'green' | 'yellow' | 'red']>> = {
  fine: ['✓', 'green'],
  note: ['·', 'yellow'],
  wrong: ['✗', 'red'],
  unknown: ['?', 'red'],
};
/** More than a screen holds; `--format json` has all of them. */
const MOST_DETAILS = 6;

/** A report for people. */
export function renderStatus(
  shell: Shell,
  { zoner, node, environment, at, verdict, sections }: StatusReport,
): string {
  const lines = [shell.style('dim', `zoner ${zoner}, Node ${node}, environment ${environment}, ${at}`)];
  for (const { name, findings } of sections) {
    lines.push(shell.style('bold', name));
    const width = Math.max(...findings.map(({ what }) => what.length));
    for (const each of findings) lines.push(...findingLines(shell, each, width));
  }
  const said =
    verdict === 'fine' ? shell.style('green', 'nothing is wrong') : shell.style('red', 'something is wrong');
  return [...lines, said].join('\n');
}

function findingLines(
  shell: Shell,
  { what, state, says, remedy, details }: Finding,
  width: number,
): readonly string[] {
  const [sign, style] = SIGNS[state];
  const more = details.length - MOST_DETAILS;
  return [
    `  ${shell.style(style, sign)} ${what.padEnd(width)}  ${says}`,
    ...details.slice(0, MOST_DETAILS).map((each) => `      ${each}`),
    ...(more > 0 ? [shell.style('dim', `      and ${more} more`)] : []),
    ...(remedy === null ? [] : [shell.style('dim', `      ${remedy}`)]),
  ];
}
