import { expect, test } from 'vitest';
import { judgeRow, MATRIX } from '#check/matrix/judge.ts';

const column = (does: string): string => `ALTER TABLE "NAPS" ALTER COLUMN "A" ${does}`;
const add = (name: string, type: string): string =>
  `ALTER TABLE "NAPS" ADD COLUMN IF NOT EXISTS "${name}" ${type}`;
const beside = (suffix: string, type: string): readonly string[] => [
  'impossible in place',
  column('DROP NOT NULL'),
  add(`A_${suffix}`, type),
];

/** What the changes do that any column sees; the others need no statement. */
const WAREHOUSE: Readonly<Record<string, readonly string[]>> = {
  'add a field with a default': [
    add('A', 'NUMBER(10,0)'),
    `UPDATE "NAPS" SET "A" = '0'::NUMBER(10,0) WHERE "A" IS NULL`,
    column('SET NOT NULL'),
  ],
  'add a field without a default': [add('A', 'NUMBER(10,0)')],
  'add a nullable field without a default': [add('A', 'NUMBER(10,0)')],
  'remove a field that had a default': [column('DROP NOT NULL')],
  'remove a field without a default': [column('DROP NOT NULL')],
  'rename without an alias': [add('B', 'NUMBER(10,0)')],
  'rename with an alias': ['ALTER TABLE "NAPS" RENAME COLUMN "A" TO "B"'],
  'rename with an alias, both with a default': ['ALTER TABLE "NAPS" RENAME COLUMN "A" TO "B"'],
  'another doc': [column("COMMENT 'y'")],
  'int -> long': [column('SET DATA TYPE NUMBER(19,0)')],
  'int -> double': beside('FLOAT', 'FLOAT'),
  'int -> float': beside('FLOAT', 'FLOAT'),
  'long -> double': beside('FLOAT', 'FLOAT'),
  'string -> bytes': beside('BINARY', 'BINARY'),
  'T -> [null, T]': [column('DROP NOT NULL')],
  '[null, T] -> T': [column('SET NOT NULL')],
  'add a union branch': ['impossible in place', add('A_VARIANT', 'VARIANT')],
  'remove a union branch': ['impossible in place', add('A_NUMBER_10_0', 'NUMBER(10,0)')],
  'int -> string': beside('VARCHAR', 'VARCHAR'),
  'T -> array<T>': beside('VARIANT', 'VARIANT'),
  'more digits, same scale': [column('SET DATA TYPE NUMBER(12,2)')],
  'another decimal scale': beside('NUMBER_9_4', 'NUMBER(9,4)'),
  'timestamp-millis -> timestamp-micros': beside('TIMESTAMP_TZ_6', 'TIMESTAMP_TZ(6)'),
  'long -> timestamp-millis': beside('TIMESTAMP_TZ_3', 'TIMESTAMP_TZ(3)'),
  'timestamp-millis -> long': beside('NUMBER_19_0', 'NUMBER(19,0)'),
  'date -> timestamp-millis': beside('TIMESTAMP_TZ_3', 'TIMESTAMP_TZ(3)'),
  'int -> [float, long]': beside('VARIANT', 'VARIANT'),
};

test.each(Object.keys(MATRIX))('%s: the warehouse needs what the matrix says', (change) => {
  const row = MATRIX[change];
  if (row === undefined) throw new Error('a row of the matrix');
  const found = judgeRow(row.of).rows.flatMap(({ warehouse }) => [
    ...(warehouse.impossibleInPlace === null ? [] : ['impossible in place']),
    ...warehouse.statements.map((sql) => sql.replaceAll('"DB"."S".', '')),
  ]);
  // Two rules of one field show the same statements.
  expect([...new Set(found)]).toEqual(WAREHOUSE[change] ?? []);
});
