import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { exampleContract } from '#contract/example-contract.ts';
import type { ContractHistory } from '#snowflake/apply.ts';

/** What each change of a schema does to a table with a row in it: exact statements, and what the row has afterwards. */

const field = (name: string, type: string, more = ''): string => `{"name":"${name}","type":${type}${more}}`;
/** A whole schema as it stands, or the fields of the record R. */
const schemaOf = (text: string): string =>
  text.startsWith('{"type":"record"') ? text : `{"type":"record","name":"R","fields":[${text}]}`;
const enumOf = (symbols: string, more = ''): string =>
  `{"type":"enum","name":"E","symbols":[${symbols}]${more}}`;
const logical = (base: string, name: string, more = ''): string =>
  `{"type":"${base}","logicalType":"${name}"${more}}`;
const decimal = (precision: number, scale: number): string =>
  logical('bytes', 'decimal', `,"precision":${precision},"scale":${scale}`);
const fixed = (size: number, precision: number): string =>
  `{"type":"fixed","name":"F","size":${size},"logicalType":"decimal","precision":${precision},"scale":2}`;
const recordOf = (name: string, fields: string, more = ''): string =>
  `{"type":"record","name":"${name}"${more},"fields":[${fields}]}`;
const inner = (fields: string): string => recordOf('N', fields);
const fixedOf = (name: string): string => `{"type":"fixed","name":"F","size":16,"logicalType":"${name}"}`;
const K = field('k', '"int"');
const KIND = `PARSE_JSON('{"kind":"N","k":1}')`;
const UUID = '1b4e28ba-2fa1-11d2-883f-0016d3cca427';
const X = (type: string, more = ''): string => field('x', type, more);
const A = field('a', '"int"');
const MILLIS = logical('long', 'timestamp-millis');
const MICROS = logical('long', 'timestamp-micros');
const alter = (column: string, what: string): string => `ALTER COLUMN "${column}" ${what}`;
const add = (column: string, type: string, comment?: string): string =>
  `ADD COLUMN IF NOT EXISTS "${column}" ${type}${comment === undefined ? '' : ` COMMENT '${comment}'`}`;
const replaced = alter('X', "COMMENT 'Of another type since version 2.'");

export type Evolution = readonly [
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

export const MATRIX: readonly Evolution[] = [
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
  [
    'the record is renamed without an alias',
    recordOf('R', X('"int"')),
    recordOf('Q', X('"int"')),
    { X: '1' },
    [],
    { X: '1' },
  ],
  [
    'the record is renamed with an alias',
    recordOf('R', X('"int"')),
    recordOf('Q', X('"int"'), ',"aliases":["R"]'),
    { X: '1' },
    [],
    { X: '1' },
  ],
  [
    'the record gets a namespace',
    recordOf('R', X('"int"')),
    recordOf('R', X('"int"'), ',"namespace":"a.b"'),
    { X: '1' },
    [],
    { X: '1' },
  ],
  [
    'a record of a union is renamed without an alias',
    X(`[${recordOf('N', K)},${recordOf('M', K)}]`),
    X(`[${recordOf('P', K)},${recordOf('M', K)}]`),
    { X: KIND },
    [],
    { X: '{"k":1,"kind":"N"}' },
  ],
  [
    'a record of a union is renamed with an alias',
    X(`[${recordOf('N', K)},${recordOf('M', K)}]`),
    X(`[${recordOf('P', K, ',"aliases":["N"]')},${recordOf('M', K)}]`),
    { X: KIND },
    [],
    { X: '{"k":1,"kind":"N"}' },
  ],
  [
    'the records of a union get another namespace',
    X(`[${recordOf('N', K, ',"namespace":"a"')},${recordOf('M', K, ',"namespace":"a"')}]`),
    X(`[${recordOf('N', K, ',"namespace":"b"')},${recordOf('M', K, ',"namespace":"b"')}]`),
    { X: KIND },
    [],
    { X: '{"k":1,"kind":"N"}' },
  ],
  ['reorder enum symbols', X(enumOf('"P","Q"')), X(enumOf('"Q","P"')), { X: "'P'" }, [], { X: 'P' }],
  [
    'remove an enum symbol without a default',
    X(enumOf('"P","Q"')),
    X(enumOf('"P"')),
    { X: "'Q'" },
    [],
    { X: 'Q' },
  ],
  ['rename an enum symbol', X(enumOf('"P","Q"')), X(enumOf('"P","Z"')), { X: "'Q'" }, [], { X: 'Q' }],
  ['string to enum', X('"string"'), X(enumOf('"P"')), { X: "'P'" }, [], { X: 'P' }],
  [
    'uuid as text to uuid as bytes',
    X(logical('string', 'uuid')),
    X(fixedOf('uuid')),
    { X: `'${UUID}'` },
    [],
    { X: UUID },
  ],
  [
    'uuid as bytes to uuid as text',
    X(fixedOf('uuid')),
    X(logical('string', 'uuid')),
    { X: `'${UUID}'` },
    [],
    { X: UUID },
  ],
  ['double to float', X('"double"'), X('"float"'), { X: '1.5' }, [], { X: '1.5' }],
  ['a default is taken away', X('"int"', ',"default":1'), X('"int"'), { X: '2' }, [], { X: '2' }],
  [
    'a decimal that no column holds any more',
    X(decimal(9, 2)),
    X(decimal(40, 2)),
    { X: '1.25' },
    shadow('VARCHAR', 'X_VARCHAR'),
    { X: null, X_NUMBER_9_2: '1.25' },
  ],
  [
    'microseconds to milliseconds',
    X(MICROS),
    X(MILLIS),
    { X: "'2026-03-02T07:30:00.123456Z'::TIMESTAMP_TZ(6)" },
    shadow('TIMESTAMP_TZ(3)', 'X_TIMESTAMP_TZ_3'),
    { X: null, X_TIMESTAMP_TZ_6: '2026-03-02 07:30:00.123 +0000' },
  ],
  [
    'timestamp-millis to long',
    X(MILLIS),
    X('"long"'),
    { X: "'2026-03-02T07:30:00.123Z'::TIMESTAMP_TZ(3)" },
    shadow('NUMBER(19,0)', 'X_NUMBER_19_0'),
    { X: null, X_TIMESTAMP_TZ_3: '2026-03-02 07:30:00.123 +0000' },
  ],
];

/** The metadata of the row. */
export const META = {
  _TOPIC: "'t'",
  _PARTITION: '0',
  _OFFSET: '0',
  _TIMESTAMP: "'2026-03-02T07:30:00Z'::TIMESTAMP_TZ(3)",
  _SCHEMA_ID: '1',
  _VALUE_SHA256: "'x'",
  _LOADED_AT: "'2026-03-02T07:30:00Z'::TIMESTAMP_TZ(3)",
};

/** The contract of the last text, whose history are those before it; each is a whole schema or a list of fields. */
export function contractOf(...texts: readonly string[]): ContractHistory {
  const schemas = texts.map(schemaOf);
  const contract = { ...exampleContract(schemas.at(-1) ?? ''), table: 'R', id: null };
  const history = schemas
    .slice(0, -1)
    .map((text, index) => ({ version: index + 1, schema: parseSchema(text) as RecordSchema }));
  return { contract, history };
}
