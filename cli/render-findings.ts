import type { styleText } from 'node:util';
import type { Finding } from '#avro/lint/finding.ts';
import { describeProblem } from '#avro/problems.ts';
import { annotation } from '#check/report/github.ts';

type Style = (style: Parameters<typeof styleText>[0], text: string) => string;

/** A finding as text: a line that editors and terminals make a link, why it matters, and what ends it. */
export function renderFinding(finding: Finding, schemas: string, style: Style): string {
  const { severity, rule, at, message, fix } = finding;
  const word = style(severity === 'error' ? 'red' : 'yellow', severity);
  const line = describeProblem({ position: placed(finding, schemas), message });
  return `${line}\n  ${word} ${style('bold', rule)} at ${at}. ${fix}`;
}

/** A workflow command of GitHub Actions, which marks the line in a pull request. */
export function renderAnnotation(finding: Finding, schemas: string): string {
  const { file, line, column } = placed(finding, schemas);
  const { severity, rule, message, fix } = finding;
  return annotation({ severity, file: file ?? '', line, column, title: rule, text: `${message}. ${fix}` });
}

/** Positions of contracts are below the schemas folder; a person stands above it. */
function placed({ position }: Finding, schemas: string): Finding['position'] {
  return { ...position, file: `${schemas.replace(/\/+$/, '')}/${position.file ?? ''}` };
}
