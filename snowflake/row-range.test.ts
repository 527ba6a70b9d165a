import { expect, test } from 'vitest';
import { instantProblem, rangeProblem, rowProblem } from '#snowflake/row-range.ts';

test.each([
  ['DATE', '+010000-01-01', 'year'],
  ['DATE', '0000-12-31', 'year'],
  ['TIMESTAMP_TZ(3)', '-000001-01-01T00:00:00.000Z', 'year'],
  ['TIMESTAMP_NTZ(6)', '+275760-09-13T00:00:00.000000', 'year'],
  ['VARCHAR', 'x'.repeat(16 * 1024 * 1024 + 1), 'bytes of text'],
  ['VARCHAR', 'é'.repeat(8 * 1024 * 1024 + 1), 'bytes of text'],
  ['VARCHAR', 'a\ud800', 'surrogate'],
  ['BINARY', 'A'.repeat(12_000_000), 'bytes'],
])('%s has no room for such a value', (sql, value, says) => {
  const problem = rangeProblem(sql, value) ?? '';
  expect(problem).toContain(says);
  expect(problem.length).toBeLessThan(100);
});

test.each([
  ['DATE', '0001-01-01'],
  ['DATE', '9999-12-31'],
  ['TIMESTAMP_TZ(9)', '9999-12-31T23:59:59.999999999Z'],
  ['VARCHAR', 'x'.repeat(16 * 1024 * 1024)],
  ['VARCHAR', 'a\u{1f600}'],
  ['BINARY', Buffer.alloc(8 * 1024 * 1024).toString('base64')],
  ['NUMBER(10,0)', 5],
  ['TIME(3)', '23:59:59.999'],
  ['DATE', null],
])('%s has room for the ends of its range', (sql, value) => {
  expect(rangeProblem(sql, value)).toBeNull();
});

test('half of a surrogate pair is found anywhere in a row, and an escaped backslash is not taken for one', () => {
  expect(rowProblem(JSON.stringify({ deep: ['\udc00'] }))).toContain('surrogate');
  expect(rowProblem(JSON.stringify({ path: '\\ud800', more: '\\\\ud800' }))).toBeNull();
});

test('the timestamp of a record may be any instant of the years 1 to 9999', () => {
  expect(instantProblem(-1n)).toBeNull();
  expect(instantProblem(BigInt(Date.parse('9999-12-31T23:59:59.999Z')))).toBeNull();
  expect(instantProblem(BigInt(Date.parse('9999-12-31T23:59:59.999Z')) + 1n)).not.toBeNull();
  expect(instantProblem(2n ** 62n)).not.toBeNull();
});

test('a row has room for the brackets of the array in which it is sent', () => {
  const limit = 16 * 1024 * 1024;
  expect(rowProblem('x'.repeat(limit - 2))).toBeNull();
  expect(rowProblem('x'.repeat(limit - 1))).toContain('bytes of text');
});
