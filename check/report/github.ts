import { fileOf, openRows, type Reporter, sentenceOf } from '#check/report/reporter.ts';

export interface Annotation {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly title: string;
  readonly text: string;
}

/** A workflow command of GitHub Actions, which marks the line in a pull request. */
export function annotation({ severity, file, line, column, title, text }: Annotation): string {
  const data = (value: string): string =>
    value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (value: string): string => data(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${severity} file=${property(file)},line=${line},col=${column},title=${property(title)}::${data(text)}`;
}

export const renderGithub: Reporter = (verdict, { schemas }) =>
  openRows(verdict)
    .map(({ row }) =>
      annotation({
        severity: row.weight === 'breaking' ? 'error' : 'warning',
        file: fileOf(row, schemas),
        line: row.position.line,
        column: row.position.column,
        title: row.rule,
        text: sentenceOf(row),
      }),
    )
    .join('\n');
