import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { type ContractHistory, readDeployPlan } from '#snowflake/apply.ts';
import { type Lab, openLab } from '#snowflake/local/lab.ts';

/** What each change of a schema does to a table with a row in it: exact statements, and what the row has afterwards. */

let lab: Lab;
let count = 0;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const field = (name: string, type: string, more = ''): string => `{"name":"${name}","type":${type}${more}}`;
const schemaOf = (fields: string): string => `{"type":"record","name":"R","fields":[${fields}]}`;
const enumOf = (symbols: string, more = ''): string =>
  `{"type":"enum","name":"E","symbols":[${symbols}]${more}}`;
const logical = (base: string, name: string, more = ''): string =>
  `{"type":"${base}","logicalType":"${name}"${more}}`;
const decimal = (precision: number, scale: number): string =>
  logical('bytes', 'decimal', `,"precision":${precision},"scale":${scale}`);
const fixed = (size: number, precision: number): string =>
  `{"type":"fixed","name":"F","size":${size},"logicalType":"decimal","precision":${precision},"scale":2}`;
const inner = (fields: string): string => `{"type":"record","name":"N","fields":[${fields}]}`;
const X = (type: string, more = ''): string => field('x', type, more);
const A = field('a', '"int"');
const MILLIS = logical('long', 'timestamp-millis');
const MICROS = logical('long', 'timestamp-micros');
const alter = (column: string, what: string): string => `ALTER COLUMN "${column}" ${what}`;
const add = (column: string, type: string, comment?: string): string =>
  `ADD COLUMN IF NOT EXISTS "${column}" ${type}${comment === undefined ? '' : ` COMMENT '${comment}'`}`;
const replaced = alter('X', "COMMENT 'Of another type since version 2.'");

type Row = readonly [
  change: string,
  before: string,
  after: string,
  /** SQL of the row's values, by column, before the change. */
  values: Readonly<Record<string, string>>,
  statements: readonly string[],
  /** What `R_CURRENT` shows afterwards. */
  shown: Readonly<Record<string, string | null>>,
];

/** A column whose new type no ALTER can give it: it loses its NOT NULL, and another stands beside it. */
const shadow = (type: string, column: string): readonly string[] => [
  alter('X', 'DROP NOT NULL'),
  replaced,
  add(column, type),
];

const MATRIX: readonly Row[] = [
  [
    'add a nullable field with a default',
    A,
    `${A},${X('["null","int"]', ',"default":null')}`,
    { A: '1' },
    [add('X', 'NUMBER(10,0)')],
    { A: '1', X: null },
  ],
  [
    'add a required number with a default',
    A,
    `${A},${X('"int"', ',"default":7')}`,
    { A: '1' },
    [add('X', 'NUMBER(10,0)'), `SET "X" = '7'::NUMBER(10,0) WHERE "X" IS NULL`, alter('X', 'SET NOT NULL')],
    { X: '7' },
  ],
  [
    'add a required text with a default',
    A,
    `${A},${X('"string"', ',"default":"it\'s"')}`,
    { A: '1' },
    [add('X', 'VARCHAR'), `SET "X" = 'it''s' WHERE "X" IS NULL`, alter('X', 'SET NOT NULL')],
    { X: "it's" },
  ],
  [
    'add a required date with a default',
    A,
    `${A},${X(logical('int', 'date'), ',"default":1')}`,
    { A: '1' },
    [add('X', 'DATE'), `SET "X" = '1970-01-02'::DATE WHERE "X" IS NULL`, alter('X', 'SET NOT NULL')],
    { X: '1970-01-02' },
  ],
  [
    'add required bytes with a default',
    A,
    `${A},${X('"bytes"', ',"default":"\\u00ff"')}`,
    { A: '1' },
    [
      add('X', 'BINARY'),
      `SET "X" = TO_BINARY('/w==', 'BASE64') WHERE "X" IS NULL`,
      alter('X', 'SET NOT NULL'),
    ],
    { X: 'FF' },
  ],
  [
    'add an array with a default',
    A,
    `${A},${X('{"type":"array","items":"int"}', ',"default":[]')}`,
    { A: '1' },
    [add('X', 'VARIANT')],
    { X: null },
  ],
  [
    'add a field without a default',
    A,
    `${A},${X('"int"')}`,
    { A: '1' },
    [add('X', 'NUMBER(10,0)')],
    { X: null },
  ],
  [
    'remove a field that had a default',
    `${A},${X('"int"', ',"default":1')}`,
    A,
    { A: '1', X: '2' },
    [alter('X', 'DROP NOT NULL'), alter('X', "COMMENT 'Removed in version 2.'")],
    { X: '2' },
  ],
  [
    'remove a field without a default',
    `${A},${X('"int"')}`,
    A,
    { A: '1', X: '2' },
    [alter('X', 'DROP NOT NULL'), alter('X', "COMMENT 'Removed in version 2.'")],
    { X: '2' },
  ],
  [
    'rename without an alias',
    X('"int"'),
    field('y', '"int"'),
    { X: '1' },
    [alter('X', 'DROP NOT NULL'), alter('X', "COMMENT 'Removed in version 2.'"), add('Y', 'NUMBER(10,0)')],
    { X: '1', Y: null },
  ],
  [
    'rename with an alias',
    X('"int"'),
    field('y', '"int"', ',"aliases":["x"]'),
    { X: '1' },
    ['RENAME COLUMN "X" TO "Y"'],
    { Y: '1' },
  ],
  ['reorder fields', `${A},${X('"int"')}`, `${X('"int"')},${A}`, { A: '1', X: '2' }, [], { A: '1', X: '2' }],
  [
    'change a doc',
    X('"int"', ',"doc":"One."'),
    X('"int"', ',"doc":"Two."'),
    { X: '1' },
    [alter('X', "COMMENT 'Two.'")],
    { X: '1' },
  ],
  [
    'int to long',
    X('"int"'),
    X('"long"'),
    { X: '1' },
    [alter('X', 'SET DATA TYPE NUMBER(19,0)')],
    { X: '1' },
  ],
  ['int to double', X('"int"'), X('"double"'), { X: '1' }, shadow('FLOAT', 'X_FLOAT'), { X: '1' }],
  ['long to float', X('"long"'), X('"float"'), { X: '1' }, shadow('FLOAT', 'X_FLOAT'), { X: '1' }],
  ['float to double', X('"float"'), X('"double"'), { X: '1.5' }, [], { X: '1.5' }],
  [
    'string to bytes',
    X('"string"'),
    X('"bytes"'),
    { X: "'a'" },
    shadow('BINARY', 'X_BINARY'),
    { X: null, X_VARCHAR: 'a' },
  ],
  [
    'bytes to string',
    X('"bytes"'),
    X('"string"'),
    { X: "TO_BINARY('ff')" },
    shadow('VARCHAR', 'X_VARCHAR'),
    { X: null, X_BINARY: 'FF' },
  ],
  ['T to [null,T]', X('"int"'), X('["null","int"]'), { X: '1' }, [alter('X', 'DROP NOT NULL')], { X: '1' }],
  ['[null,T] to T', X('["null","int"]'), X('"int"'), { X: '1' }, [alter('X', 'SET NOT NULL')], { X: '1' }],
  [
    '[null,T] to [T,null]',
    X('["null","int"]', ',"default":null'),
    X('["int","null"]', ',"default":1'),
    { X: 'NULL' },
    [],
    { X: null },
  ],
  [
    'add a branch to a scalar',
    X('"int"'),
    X('["int","string"]'),
    { X: '1' },
    shadow('VARIANT', 'X_VARIANT'),
    { X: null, X_NUMBER_10_0: '1' },
  ],
  [
    'add a branch to a union',
    X('["int","string"]'),
    X('["int","string","boolean"]'),
    { X: `PARSE_JSON('{"kind":"int","value":1}')` },
    [],
    { X: '{"kind":"int","value":1}' },
  ],
  [
    'remove a branch of a union',
    X('["int","string","boolean"]'),
    X('["int","string"]'),
    { X: `PARSE_JSON('{"kind":"int","value":1}')` },
    [],
    { X: '{"kind":"int","value":1}' },
  ],
  ['add an enum symbol', X(enumOf('"P"')), X(enumOf('"P","Q"')), { X: "'P'" }, [], { X: 'P' }],
  [
    'add an enum symbol beside an enum default',
    X(enumOf('"P"', ',"default":"P"')),
    X(enumOf('"P","Q"', ',"default":"P"')),
    { X: "'P'" },
    [],
    { X: 'P' },
  ],
  [
    'remove an enum symbol',
    X(enumOf('"P","Q"')),
    X(enumOf('"P"', ',"default":"P"')),
    { X: "'Q'" },
    [],
    { X: 'Q' },
  ],
  ['enum to string', X(enumOf('"P"')), X('"string"'), { X: "'P'" }, [], { X: 'P' }],
  [
    'int to string',
    X('"int"'),
    X('"string"'),
    { X: '1' },
    shadow('VARCHAR', 'X_VARCHAR'),
    { X: null, X_NUMBER_10_0: '1' },
  ],
  [
    'T to array of T',
    X('"int"'),
    X('{"type":"array","items":"int"}'),
    { X: '1' },
    shadow('VARIANT', 'X_VARIANT'),
    { X: null, X_NUMBER_10_0: '1' },
  ],
  [
    'map to record',
    X('{"type":"map","values":"int"}'),
    X(inner(field('k', '"int"'))),
    { X: `PARSE_JSON('{"k":1}')` },
    [],
    { X: '{"k":1}' },
  ],
  [
    'a record inside gains a field',
    X(inner(field('k', '"int"'))),
    X(inner(`${field('k', '"int"')},${field('m', '"int"', ',"default":1')}`)),
    { X: `PARSE_JSON('{"k":1}')` },
    [],
    { X: '{"k":1}' },
  ],
  ['a default is added', X('"int"'), X('"int"', ',"default":1'), { X: '2' }, [], { X: '2' }],
  [
    'a default is changed',
    X('"int"', ',"default":1'),
    X('"int"', ',"default":5'),
    { X: '1' },
    [],
    { X: '1' },
  ],
  [
    'more digits of a decimal',
    X(decimal(9, 2)),
    X(decimal(12, 2)),
    { X: '1.25' },
    [alter('X', 'SET DATA TYPE NUMBER(12,2)')],
    { X: '1.25' },
  ],
  [
    'another scale of a decimal',
    X(decimal(9, 2)),
    X(decimal(11, 4)),
    { X: '1.25' },
    shadow('NUMBER(11,4)', 'X_NUMBER_11_4'),
    { X: '1.2500' },
  ],
  [
    'a larger fixed decimal',
    X(fixed(4, 9)),
    X(fixed(8, 18)),
    { X: '1.25' },
    [alter('X', 'SET DATA TYPE NUMBER(18,2)')],
    { X: '1.25' },
  ],
  [
    'milliseconds to microseconds',
    X(MILLIS),
    X(MICROS),
    { X: "'2026-03-02T07:30:00.123Z'::TIMESTAMP_TZ(3)" },
    shadow('TIMESTAMP_TZ(6)', 'X_TIMESTAMP_TZ_6'),
    { X: '2026-03-02 07:30:00.123 +0000' },
  ],
  [
    'long to timestamp-millis',
    X('"long"'),
    X(MILLIS),
    { X: '5' },
    shadow('TIMESTAMP_TZ(3)', 'X_TIMESTAMP_TZ_3'),
    { X: null, X_NUMBER_19_0: '5' },
  ],
  [
    'date to timestamp-millis',
    X(logical('int', 'date')),
    X(MILLIS),
    { X: "'2026-03-02'::DATE" },
    shadow('TIMESTAMP_TZ(3)', 'X_TIMESTAMP_TZ_3'),
    { X: null, X_DATE: '2026-03-02' },
  ],
  ['string to uuid', X('"string"'), X(logical('string', 'uuid')), { X: "'a'" }, [], { X: 'a' }],
  [
    'uuid to string',
    X(logical('string', 'uuid')),
    X('"string"'),
    { X: "'a'" },
    [alter('X', 'SET DATA TYPE VARCHAR')],
    { X: 'a' },
  ],
];

const META = {
  _TOPIC: "'t'",
  _PARTITION: '0',
  _OFFSET: '0',
  _TIMESTAMP: "'2026-03-02T07:30:00Z'::TIMESTAMP_TZ(3)",
  _SCHEMA_ID: '1',
  _VALUE_SHA256: "'x'",
  _LOADED_AT: "'2026-03-02T07:30:00Z'::TIMESTAMP_TZ(3)",
};

function contractOf(...texts: readonly string[]): ContractHistory {
  const contract = { ...exampleContract(texts.at(-1) ?? ''), table: 'R', id: null };
  const history = texts
    .slice(0, -1)
    .map((text, index) => ({ version: index + 1, schema: parseSchema(text) as RecordSchema }));
  return { contract, history };
}

test.each(MATRIX)('%s', async (_, before, after, values, statements, shown) => {
  const place = { database: `E${count++}`, schema: 'PUBLIC' };
  const at = `"${place.database}"."PUBLIC"`;
  const run = async (contract: ContractHistory): Promise<readonly string[]> => {
    const { steps, refusals } = await readDeployPlan(lab.warehouse, [contract], place);
    expect(refusals).toEqual([]);
    for (const { sql } of steps) await lab.warehouse.execute(sql);
    return steps.filter(({ kind }) => kind !== 'replace-view').map(({ sql }) => sql);
  };
  await run(contractOf(schemaOf(before)));
  const row = { ...values, ...META };
  const names = Object.keys(row).map((name) => `"${name}"`);
  await lab.warehouse.execute(
    `INSERT INTO ${at}."R" (${names.join(', ')}) SELECT ${Object.values(row).join(', ')}`,
  );
  const contract = contractOf(schemaOf(before), schemaOf(after));
  const ran = await run(contract);
  expect(ran.map((sql) => sql.replace(/^(ALTER TABLE|UPDATE) "\w+"\."PUBLIC"\."R" /, ''))).toEqual(
    statements,
  );
  const columns = Object.keys(shown).map((name) => `"${name}"`);
  const { rows } = await lab.warehouse.execute(`SELECT ${columns.join(', ')} FROM ${at}."R_CURRENT"`);
  expect(rows).toEqual([Object.values(shown)]);
  expect((await readDeployPlan(lab.warehouse, [contract], place)).steps).toEqual([]);
});
