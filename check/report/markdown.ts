import { fileOf, type Reporter, type ReportOptions } from '#check/report/reporter.ts';
import { summaryText } from '#check/report/summary.ts';
import { javascriptWords, typescriptWords, warehouseWords, wireWords } from '#check/report/words.ts';
import type { ContractVerdict, VerdictRow } from '#check/verdict.ts';

/** For a comment in a pull request, or a step's summary. */
export const renderMarkdown: Reporter = (verdict, options) =>
  [
    `### ${escaped(summaryText(verdict))}`,
    ...verdict.notes.flatMap((note) => ['', escaped(note)]),
    ...verdict.contracts.flatMap((each) => renderContract(each, options)),
  ].join('\n');

function renderContract(verdict: ContractVerdict, options: ReportOptions): readonly string[] {
  const { contract, subject, level, state, rows, notes, rollOut } = verdict;
  const lines = ['', `#### ${escaped(contract)}: \`${subject}\`, ${level}, ${state}`];
  for (const note of notes) lines.push('', escaped(note));
  const shown = rows.filter(({ weight }) => options.all || weight !== 'fine');
  if (shown.length > 0) {
    lines.push(
      '',
      '| where | rule | wire | JavaScript | TypeScript | warehouse | remedy |',
      `|${'---|'.repeat(7)}`,
    );
    for (const row of shown) lines.push(renderRow(row, options));
  }
  if (state === 'changed' && rollOut.length > 0) lines.push('', 'Roll-out:', '', '```sh', ...rollOut, '```');
  return lines;
}

function renderRow(row: VerdictRow, { schemas }: ReportOptions): string {
  const { at, rule, weight, message, remedy, wire, waiver, position } = row;
  const word = waiver === null ? weight : `waived until ${waiver.until}`;
  const cells = [
    `\`${at}\`<br>${escaped(fileOf(row, schemas))}:${position.line}`,
    `**${word}**<br>\`${rule}\`<br>${escaped(message)}`,
    `backward ${wireWords(wire.backward)}<br>forward ${wireWords(wire.forward)}`,
    escaped(javascriptWords(row)),
    escaped(typescriptWords(row)),
    warehouseWords(row).map(escaped).join('<br>'),
    escaped(remedy),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/([*_`])/g, '\\$1');
}
