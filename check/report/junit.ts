import { fileOf, type Reporter } from '#check/report/reporter.ts';
import type { ContractVerdict } from '#check/verdict.ts';

/** JUnit's XML: a suite a contract, a case a change; what breaks has failed, what was waived is skipped. */
export const renderJunit: Reporter = ({ contracts }, { schemas }) => {
  const suites = contracts.map((contract) => renderSuite(contract, schemas));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="zoner check">\n${suites.join('\n')}\n</testsuites>`;
};

function renderSuite({ contract, subject, rows }: ContractVerdict, schemas: string): string {
  const failed = rows.filter(({ weight, waiver }) => weight === 'breaking' && waiver === null);
  const skipped = rows.filter(({ waiver }) => waiver !== null);
  // A suite without cases counts as one that did not run.
  const cases =
    rows.length === 0
      ? [`    <testcase classname=${quote(contract)} name=${quote(`${subject} is unchanged`)}/>`]
      : [];
  for (const row of rows) {
    const { line, column } = row.position;
    const head = `<testcase classname=${quote(contract)} name=${quote(`${row.rule} at ${row.at}`)} file=${quote(fileOf(row, schemas))}`;
    const place = `${fileOf(row, schemas)}:${line}:${column}`;
    const body =
      row.waiver !== null
        ? `<skipped message=${quote(`waived until ${row.waiver.until}: ${row.waiver.reason}`)}/>`
        : row.weight === 'breaking'
          ? `<failure type=${quote(row.rule)} message=${quote(row.message)}>${escaped(`${place}\n${row.remedy}`)}</failure>`
          : '';
    cases.push(body === '' ? `    ${head}/>` : `    ${head}>${body}</testcase>`);
  }
  const counts = `tests="${cases.length}" failures="${failed.length}" errors="0" skipped="${skipped.length}"`;
  return `  <testsuite name=${quote(contract)} ${counts}>\n${cases.join('\n')}\n  </testsuite>`;
}

function quote(text: string): string {
  return `"${escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`;
}

/** XML 1.0 has no characters below the space besides tab and line ends. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to leave out.
  const legal = text.replace(/[\0-\b\v\f\x0e-\x1f\ufffe\uffff]/g, '');
  return legal.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
