/**
 * Prints what a vitest JSON report says: the tests that were skipped, by name, and last the line `N passed, M failed`.
 *
 * Usage: node stack/summarize-tests.ts REPORT.json STATUS, where STATUS is not 0 if an earlier step failed. A step that
 * failed without a failed test (the lint, say) counts as one failure, so that the line never hides it.
 */
import { readFileSync } from 'node:fs';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function readReport(path: string): Report | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch {
    return null;
  }
}

const [path = '', status = '1'] = process.argv.slice(2);
const report = readReport(path);
const results = report?.testResults ?? [];
const skipped = results.flatMap(({ assertionResults }) =>
  assertionResults.filter((each) => each.status !== 'passed' && each.status !== 'failed'),
);
for (const { fullName } of skipped) process.stdout.write(`skipped: ${fullName}\n`);
process.stdout.write(`${skipped.length} skipped\n`);

// A file that could not be collected fails without a failed test of its own.
const broken = results.filter(
  ({ status: outcome, assertionResults }) =>
    outcome === 'failed' && assertionResults.every((each) => each.status !== 'failed'),
);
for (const { name } of broken) process.stdout.write(`failed to run: ${name}\n`);
const counted = (report?.numFailedTests ?? 0) + broken.length;
const failed = counted === 0 && status !== '0' ? 1 : counted;
process.stdout.write(`${report?.numPassedTests ?? 0} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
