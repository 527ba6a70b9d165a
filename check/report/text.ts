import { fileOf, type Reporter, type ReportOptions } from '#check/report/reporter.ts';
import { javascriptWords, typescriptWords, warehouseWords, wireWords } from '#check/report/words.ts';
import type { ContractVerdict, VerdictRow } from '#check/verdict.ts';
import { waiverText } from '#check/waivers.ts';

/** For people: each row begins with a place that editors and terminals make a link. */
export const renderText: Reporter = ({ contracts, notes }, options) =>
  [...contracts.flatMap((contract) => renderContract(contract, options)), ...notes].join('\n');

function renderContract(verdict: ContractVerdict, options: ReportOptions): readonly string[] {
  const { contract, subject, level, state, versions, rows, notes, rollOut } = verdict;
  const { style } = options;
  const number = `${versions} version${versions === 1 ? '' : 's'}`;
  const head = `${style('bold', contract)}  ${subject}, ${level}: ${state === 'new' ? 'new' : `${state}, ${number}`}`;
  const shown = rows.filter(({ weight, waiver }) => options.all || (weight !== 'fine' && waiver === null));
  const hidden = rows.length - shown.length;
  const lines = [head, ...notes.map((note) => `  ${note}`)];
  for (const row of shown) lines.push(...renderRow(row, options));
  if (hidden > 0) lines.push(`  ${hidden} more that need nothing; --all shows them`);
  if (state === 'changed' && rollOut.length > 0) {
    lines.push('  roll-out');
    for (const [index, step] of rollOut.entries()) lines.push(`    ${index + 1}. ${step}`);
  }
  return lines;
}

function renderRow(row: VerdictRow, options: ReportOptions): readonly string[] {
  const { rule, weight, at, position, message, remedy, wire, waiver } = row;
  const { style, schemas, today } = options;
  const word = waiver === null ? weight : `${weight}, waived until ${waiver.until}: ${waiver.reason}`;
  const colour = weight === 'breaking' ? 'red' : weight === 'warning' ? 'yellow' : 'green';
  const lines = [
    `  ${fileOf(row, schemas)}:${position.line}:${position.column} ${style('bold', at)}`,
    `    ${style(waiver === null ? colour : 'dim', word)} ${rule}: ${message}`,
  ];
  if (rule.startsWith('WAIVER_')) return [...lines, `    remedy      ${remedy}`];
  lines.push(
    `    wire        backward ${wireWords(wire.backward)}; forward ${wireWords(wire.forward)}`,
    ...[wire.backward, wire.forward].flatMap(({ incompatibilities }) =>
      incompatibilities.map(({ type, location }) => `                ${type} at ${location}`),
    ),
    `    JavaScript  ${javascriptWords(row)}`,
    `    TypeScript  ${typescriptWords(row)}`,
    ...warehouseWords(row).map((each, index) => `    ${index === 0 ? 'warehouse ' : '          '}  ${each}`),
    `    remedy      ${remedy}`,
  );
  if (waiver === null && weight !== 'fine') lines.push(`    waiver      ${waiverText(row, today)}`);
  return lines;
}
