import { expect, test } from 'vitest';
import { judgeRow, MATRIX } from '#check/matrix/judge.ts';
import { FORMATS, REPORTERS } from '#check/report/render.ts';
import type { ReportOptions } from '#check/report/reporter.ts';
import { summaryText } from '#check/report/summary.ts';
import type { Verdict } from '#check/verdict.ts';

const options: ReportOptions = {
  schemas: './schemas/',
  today: '2026-11-24',
  all: false,
  style: (_, text) => text,
};

function verdictOf(change: string): Verdict {
  const row = MATRIX[change];
  if (row === undefined) throw new Error(`there is no ${change}`);
  return { against: 'the <lock>', contracts: [judgeRow(row.of)], notes: [] };
}

const scale = verdictOf('another decimal scale');
const added = verdictOf('add a field with a default');

test('text names place, rule, each verdict, the remedy, and a waiver to paste', () => {
  expect(REPORTERS.text(scale, options).split('\n')).toEqual([
    'naps  naps-value, BACKWARD: changed, 1 version',
    expect.stringMatching(/^ {2}\.\/schemas\/.*:1:\d+ R\.a$/),
    '    breaking DECIMAL_SCALE_CHANGED: decimal(9,2) became decimal(9,4): old bytes are read with the decimal point at another digit',
    '    wire        backward ok; forward ok',
    '    JavaScript  old readers with avsc: reads another value; with Zoner: refuses every record',
    '    TypeScript  types same: breaks no code',
    expect.stringMatching(
      /^ {4}warehouse {3}impossible in place: Snowflake cannot turn NUMBER\(9,2\) into NUMBER\(9,4\) in place/,
    ),
    expect.stringContaining('ALTER COLUMN "A" DROP NOT NULL'),
    expect.stringContaining('ADD COLUMN IF NOT EXISTS "A_NUMBER_9_4" NUMBER(9,4)'),
    '    remedy      Keep decimal(9,2); add a field of type decimal(9,4) with a default beside it.',
    '    waiver      {"rule": "DECIMAL_SCALE_CHANGED", "at": "R.a", "reason": "", "until": "2026-12-24"}',
    '  roll-out',
    '    1. npx zoner snowflake apply --env NAME',
    '    2. # deploy the consumers of naps',
    '    3. npx zoner registry apply --env NAME',
    '    4. # deploy the producers of naps',
  ]);
});

test('what needs nothing is counted, and shown only when asked for', () => {
  expect(REPORTERS.text(added, options)).toContain('1 more that need nothing; --all shows them');
  expect(REPORTERS.text(added, { ...options, all: true })).toContain('fine FIELD_ADDED');
  for (const format of ['github', 'gitlab', 'sarif'] as const)
    expect(REPORTERS[format](added, options)).not.toContain('FIELD_ADDED');
});

test('the counts are told in one line', () => {
  expect(summaryText(scale)).toBe('check: 1 contract against the <lock>: 1 breaking change, 0 warnings');
});

test('JSON holds the whole verdict', () => {
  expect(JSON.parse(REPORTERS.json(scale, options))).toMatchObject({
    contracts: 1,
    breaking: 1,
    warnings: 0,
    verdicts: [{ subject: 'naps-value', rows: [{ rule: 'DECIMAL_SCALE_CHANGED', at: 'R.a', waiver: null }] }],
  });
});

test('GitHub gets one annotation a row, with all that has a meaning there escaped', () => {
  const verdict = verdictOf('rename without an alias');
  expect(REPORTERS.github(verdict, options)).toMatch(
    /^::error file=\.\/schemas\/[^,]*,line=1,col=\d+,title=FIELD_RENAMED_WITHOUT_ALIAS::FIELD_RENAMED_WITHOUT_ALIAS at R\.b: a is now called b, [^\n]*$/,
  );
});

test('GitLab gets issues whose fingerprints stay while lines move', () => {
  const issues: unknown = JSON.parse(REPORTERS.gitlab(scale, options));
  expect(issues).toEqual([
    {
      description: expect.stringContaining('DECIMAL_SCALE_CHANGED at R.a'),
      check_name: 'DECIMAL_SCALE_CHANGED',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: 'critical',
      location: { path: expect.any(String), lines: { begin: 1 } },
    },
  ]);
});

test('SARIF names each rule once and points into it', () => {
  const log = JSON.parse(REPORTERS.sarif(verdictOf('rename an enum symbol'), options));
  const [run] = log.runs;
  expect(log.version).toBe('2.1.0');
  expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
    'ENUM_SYMBOL_ADDED_WITHOUT_DEFAULT',
    'ENUM_SYMBOL_REMOVED_WITHOUT_DEFAULT',
  ]);
  expect(
    run.results.map((each: { ruleIndex: number; level: string }) => [each.ruleIndex, each.level]),
  ).toEqual([
    [0, 'warning'],
    [1, 'error'],
  ]);
});

test('JUnit fails what breaks, and has a case where nothing changed', () => {
  expect(REPORTERS.junit(scale, options)).toContain('tests="1" failures="1" errors="0" skipped="0"');
  expect(REPORTERS.junit(scale, options)).toContain('<failure type="DECIMAL_SCALE_CHANGED"');
  const unchanged: Verdict = {
    ...added,
    contracts: added.contracts.map((each) => ({ ...each, state: 'unchanged', rows: [] })),
  };
  expect(REPORTERS.junit(unchanged, options)).toContain('name="naps-value is unchanged"/>');
});

test('Markdown is one table a contract, and no text of a schema ends a cell or becomes a tag', () => {
  const text = REPORTERS.markdown(verdictOf('add a union branch'), options);
  expect(text).toContain('### check: 1 contract against the &lt;lock&gt;');
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(9);
});

test.each(FORMATS)('%s is well formed for every kind of change', (format) => {
  for (const change of Object.keys(MATRIX)) {
    const text = REPORTERS[format](verdictOf(change), { ...options, all: true });
    if (['json', 'gitlab', 'sarif'].includes(format)) expect(() => JSON.parse(text)).not.toThrow();
    if (format === 'junit') expect(text.match(/<testcase/g)?.length).toBeGreaterThan(0);
    expect(text).not.toContain('undefined');
  }
});
