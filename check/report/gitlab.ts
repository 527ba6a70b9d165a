import { createHash } from 'node:crypto';
import { fileOf, openRows, type Reporter, sentenceOf } from '#check/report/reporter.ts';

/** GitLab's code quality report: a list of issues; the fingerprint tells a known one from a new one. */
export const renderGitlab: Reporter = (verdict, { schemas }) => {
  const issues = openRows(verdict).map(({ contract, row }) => ({
    description: sentenceOf(row),
    check_name: row.rule,
    fingerprint: createHash('sha256').update(`${contract} ${row.rule} ${row.at}`).digest('hex'),
    severity: row.weight === 'breaking' ? 'critical' : 'minor',
    location: { path: fileOf(row, schemas), lines: { begin: row.position.line } },
  }));
  return JSON.stringify(issues, null, 2);
};
