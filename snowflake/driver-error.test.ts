import { expect, test } from 'vitest';
import { driverError, isAboutStatement } from '#snowflake/driver-error.ts';

const failed = (code: string | number, message = 'it says') => Object.assign(new Error(message), { code });

test.each([
  ...['100035', '100037', '100038', '100039', '100040', '100046', '100069', '100071', '100072', '100078'],
  ...['100082', '100096', '100108', '100115'],
])('%s is about the values of a row', (code) => {
  expect(driverError(failed(code), 'MERGE').code).toBe('DATA_REFUSED');
});

test.each([
  // A function of somebody's failed, and the rights to one are missing.
  ['100132', 'WAREHOUSE_REFUSED'],
  ['100183', 'WAREHOUSE_REFUSED'],
  // Two rows of a MERGE match one.
  ['100090', 'WAREHOUSE_REFUSED'],
  ['000904', 'WAREHOUSE_REFUSED'],
  ['001003', 'WAREHOUSE_REFUSED'],
  ['002003', 'TABLE_MISSING'],
  ['000625', 'WAREHOUSE_UNAVAILABLE'],
  ['000630', 'WAREHOUSE_UNAVAILABLE'],
  ['390111', 'WAREHOUSE_UNAVAILABLE'],
  ['390114', 'WAREHOUSE_UNAVAILABLE'],
  ['390100', 'WAREHOUSE_AUTH'],
  ['390144', 'WAREHOUSE_AUTH'],
  [401001, 'WAREHOUSE_UNAVAILABLE'],
  [407002, 'WAREHOUSE_UNAVAILABLE'],
  ['ECONNRESET', 'WAREHOUSE_UNAVAILABLE'],
] as const)('%s is %s, and about no value', (code, meaning) => {
  expect(driverError(failed(code), 'MERGE').code).toBe(meaning);
});

test('a refused value is told by its column, and never by itself', () => {
  const message =
    'DML operation to table DB.SCH.FOO failed on column MINUTES with error: Number out of representable range: type FIXED[SB2](3,2){nullable}, value 11.11';
  const error = driverError(failed('100046', message), 'MERGE');
  expect(error.message).toBe('MERGE: a value does not fit the column MINUTES (Snowflake 100046)');
  expect(error.cause).toBeUndefined();
  const other = driverError(failed('100038', "Numeric value 'ada' is not recognized"), 'MERGE');
  expect(other.message).toBe('MERGE: a value does not fit its column (Snowflake 100038)');
});

test('only a word of Snowflake’s on the statement itself says that it has ended', () => {
  const about = (code: string | number): boolean => isAboutStatement(driverError(failed(code), 'MERGE'));
  expect(['100078', '000630', '000604', '002003', '001003'].map(about)).toEqual(Array(5).fill(true));
  expect([390112, 390114, 390100, 401001, 407002, 'ECONNRESET'].map(about)).toEqual(Array(6).fill(false));
});
