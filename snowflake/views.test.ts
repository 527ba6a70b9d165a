import { expect, test } from 'vitest';
import { exampleContract } from '#contract/example-contract.ts';
import { tableOf } from '#snowflake/table.ts';
import { tableDdl } from '#snowflake/table-ddl.ts';
import { viewBody, viewsOf } from '#snowflake/views.ts';

const record = (name: string, fields: string, more = ''): string =>
  `{"type":"record","name":"${name}","fields":[${fields}]${more}}`;
const field = (name: string, type: string, more = ''): string => `{"name":"${name}","type":${type}${more}}`;
const ID = field('user', '"string"');

const bodiesOf = (text: string, id: string | null = 'user'): Readonly<Record<string, string>> => {
  const contract = { ...exampleContract(text), id };
  const views = viewsOf(contract, tableOf(contract));
  return Object.fromEntries(views.map((view) => [view.name, viewBody(view, null)]));
};

const either = field(
  'what',
  `[${record('Nap', field('minutes', '"int"'))},${record('LongWalk', field('km', '"double"', ',"aliases":["kilometres"]'), ',"aliases":["Hike"]')}]`,
);

test('the current view has the latest row of each id, by what Kafka stamped and then by offset', () => {
  expect(bodiesOf(record('R', ID)).NAPS_CURRENT).toContain(
    'QUALIFY ROW_NUMBER() OVER (PARTITION BY "USER" ORDER BY "_TIMESTAMP" DESC, "_OFFSET" DESC',
  );
});

test('without an id in the contract the current view has one row of each identity', () => {
  expect(bodiesOf(record('R', ID), null).NAPS_CURRENT).toContain(
    'PARTITION BY "_TOPIC", "_PARTITION", "_OFFSET"',
  );
});

test('rows whose id is NULL are no copies of each other', () => {
  const body = bodiesOf(record('R', field('user', '["null","string"]'))).NAPS_CURRENT;
  expect(body).toContain('PARTITION BY "USER", IFF("USER" IS NULL, "_TOPIC", NULL), IFF(');
});

test('each record of a union has a view with its fields as columns, also under their earlier names', () => {
  const views = bodiesOf(record('R', `${ID},${either}`));
  expect(Object.keys(views)).toEqual(['NAPS_CURRENT', 'NAPS_NAP', 'NAPS_LONG_WALK']);
  expect(views.NAPS_NAP).toContain(`"WHAT":"minutes"::VARCHAR::NUMBER(10,0) AS "MINUTES"`);
  expect(views.NAPS_NAP).toMatch(/FROM "NAPS_CURRENT"\nWHERE "WHAT":"kind"::VARCHAR = 'Nap'$/);
  expect(views.NAPS_LONG_WALK).toContain('COALESCE(IFF(TYPEOF("WHAT":"km")');
  expect(views.NAPS_LONG_WALK).toMatch(/WHERE "WHAT":"kind"::VARCHAR IN \('LongWalk', 'Hike'\)$/);
});

test("a kind's field that is called like a column of the table keeps both", () => {
  const union = `[${record('Nap', field('user', '"int"'))},${record('B', field('x', '"int"'))}]`;
  const views = bodiesOf(record('R', `${ID},${field('what', union)}`));
  expect(views.NAPS_NAP).toContain('AS "WHAT_USER"');
});

test('two unions with a record of one name get views of two names', () => {
  const again = field('then', '["Nap","LongWalk"]');
  expect(Object.keys(bodiesOf(record('R', `${ID},${either},${again}`)))).toEqual([
    'NAPS_CURRENT',
    'NAPS_NAP',
    'NAPS_LONG_WALK',
    'NAPS_THEN_NAP',
    'NAPS_THEN_LONG_WALK',
  ]);
});

test('the fields of one kind cannot share a column', () => {
  const nap = record('Nap', `${field('aB', '"int"')},${field('a_b', '"int"')}`);
  const union = `[${nap},${record('B', field('x', '"int"'))}]`;
  expect(() => bodiesOf(record('R', `${ID},${field('what', union)}`))).toThrow('would both be A_B');
});

test('a view keeps the grants of the one it replaces, and describes its columns', () => {
  const text = record('R', field('user', '"string"', `,"doc":"Who's it?"`));
  const ddl = tableDdl(exampleContract(text)).split('\n\n')[1];
  expect(ddl).toContain(`(\n  "USER" COMMENT 'Who''s it?',`);
  expect(ddl).toContain(')\nCOPY GRANTS\nCOMMENT = ');
});
