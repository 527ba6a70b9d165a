import type { StatementCase } from '#snowflake/local/contract-cases.ts';

const NUMERIC = 'sql-reference/data-types-numeric';
const DATETIME = 'sql-reference/data-types-datetime';
const PARSE_JSON = 'sql-reference/functions/parse_json';
const SEMISTRUCTURED = 'user-guide/querying-semistructured';
const CONSIDERATIONS = 'user-guide/semistructured-considerations';

type Given = readonly [page: string, promise: string, sql: string, rows: StatementCase['gives']];

/** As the loader writes a value: out of one bound JSON text, by way of its text. */
function loaded(page: string, type: string, value: unknown, text: string): StatementCase {
  const sql = `SELECT (f.VALUE:"x"::VARCHAR::${type})::VARCHAR AS X FROM LATERAL FLATTEN(INPUT => PARSE_JSON(?)) AS f`;
  const promise = `${JSON.stringify(value)} becomes a ${type}`;
  return { page, promise, sql, binds: [JSON.stringify([{ x: value }])], gives: [[text]] };
}

const LOADED: readonly StatementCase[] = [
  loaded(NUMERIC, 'NUMBER(19,0)', '9223372036854775807', '9223372036854775807'),
  loaded(NUMERIC, 'NUMBER(6,2)', '1234.56', '1234.56'),
  loaded(
    NUMERIC,
    'NUMBER(38,10)',
    '1234567890123456789012345678.0123456789',
    '1234567890123456789012345678.0123456789',
  ),
  loaded(NUMERIC, 'FLOAT', '-1.5', '-1.5'),
  loaded(DATETIME, 'TIMESTAMP_TZ(3)', '2026-03-02T07:30:00.123Z', '2026-03-02 07:30:00.123 +0000'),
  loaded(DATETIME, 'TIMESTAMP_TZ(3)', '1969-12-31T23:59:59.500Z', '1969-12-31 23:59:59.500 +0000'),
  loaded(DATETIME, 'TIMESTAMP_NTZ(9)', '2026-03-02T07:30:00.000000000', '2026-03-02 07:30:00.000'),
  loaded(DATETIME, 'DATE', '2026-03-02', '2026-03-02'),
  loaded(DATETIME, 'TIME(6)', '07:30:00.123456', '07:30:00'),
  loaded('sql-reference/data-types-logical', 'BOOLEAN', true, 'true'),
  loaded('sql-reference/data-types-text', 'VARCHAR', 'äöü', 'äöü'),
];

const SELECTED: readonly Given[] = [
  [
    'sql-reference/identifiers-syntax',
    'quoted names keep their case',
    'SELECT "a", "A", a FROM (SELECT 1 AS "a", 2 AS "A") AS t',
    [['1', '2', '2']],
  ],
  [
    DATETIME,
    'NTZ reaches 9999 and keeps nanoseconds',
    `SELECT '9999-12-31T23:59:59.999999999'::TIMESTAMP_NTZ(9) > '9999-12-31T23:59:59.999999998'::TIMESTAMP_NTZ(9) AS X`,
    [['TRUE']],
  ],
  [
    DATETIME,
    'TZ keeps its offset',
    `SELECT '2026-03-02T07:30:00+05:30'::TIMESTAMP_TZ(0)::VARCHAR AS X`,
    [['2026-03-02 07:30:00.000 +0530']],
  ],
  [
    'sql-reference/functions/date_part',
    'the seconds since 1970 are those of the instant, rounded down',
    `SELECT DATE_PART(EPOCH_SECOND, '1970-01-01T02:01:00.900+02:00'::TIMESTAMP_TZ(3)) AS A, DATE_PART('EPOCH_SECOND', '1970-01-01T00:00:01'::TIMESTAMP_NTZ) AS B`,
    [['60', '1']],
  ],
  [
    DATETIME,
    'TZ compares instants',
    `SELECT '2026-03-02T07:30:00+02:00'::TIMESTAMP_TZ = '2026-03-02T05:30:00Z'::TIMESTAMP_TZ AS X`,
    [['TRUE']],
  ],
  [NUMERIC, 'NaN equals itself', `SELECT 'NaN'::FLOAT = 'NaN'::FLOAT AS X`, [['TRUE']]],
  [
    NUMERIC,
    'the infinities are inf and -inf',
    `SELECT 'inf'::FLOAT > 1e308 AND '-inf'::FLOAT < -1e308 AS X`,
    [['TRUE']],
  ],
  [
    PARSE_JSON,
    'an empty text is NULL, and null is not',
    `SELECT PARSE_JSON('') IS NULL AS X, PARSE_JSON('null') IS NULL AS Y`,
    [['TRUE', 'FALSE']],
  ],
  [
    PARSE_JSON,
    'members of an object come in order of their keys',
    `SELECT PARSE_JSON('{"b":1,"a":[{"d":1,"c":2}]}')::VARCHAR AS X`,
    [['{"a":[{"c":2,"d":1}],"b":1}']],
  ],
  [
    'sql-reference/functions/try_parse_json',
    'what is no JSON is NULL if it is only tried',
    `SELECT TRY_PARSE_JSON('{') IS NULL AS X`,
    [['TRUE']],
  ],
  [
    SEMISTRUCTURED,
    'a path that leads nowhere is NULL',
    `SELECT PARSE_JSON('{"a":{"b":[1,2]}}'):a.b[5] IS NULL AS X`,
    [['TRUE']],
  ],
  [
    SEMISTRUCTURED,
    'a path finds keys by their exact case',
    `SELECT PARSE_JSON('{"Kind":1}'):Kind::NUMBER AS X, PARSE_JSON('{"Kind":1}'):kind IS NULL AS Y`,
    [['1', 'TRUE']],
  ],
  [
    CONSIDERATIONS,
    'JSON null becomes NULL when it is cast to text',
    `SELECT PARSE_JSON('{"a":null}'):a::VARCHAR IS NULL AS X`,
    [['TRUE']],
  ],
  [
    CONSIDERATIONS,
    'JSON null is no NULL, and NULLIF makes it one',
    `SELECT NULLIF(PARSE_JSON('{"a":null}'):a, PARSE_JSON('null')) IS NULL AS X`,
    [['TRUE']],
  ],
  [
    'sql-reference/functions/flatten',
    'members of an object are flattened by key',
    `SELECT f.KEY FROM LATERAL FLATTEN(INPUT => PARSE_JSON('{"b":1,"a":2}')) AS f ORDER BY f.KEY`,
    [['a'], ['b']],
  ],
  [
    'sql-reference/functions/flatten',
    'elements of an array are flattened with their index',
    `SELECT f.INDEX AS I, f.VALUE::NUMBER AS N FROM LATERAL FLATTEN(INPUT => PARSE_JSON('[7,8]')) AS f ORDER BY I`,
    [
      ['0', '7'],
      ['1', '8'],
    ],
  ],
  [
    'sql-reference/functions/typeof',
    'a VARIANT tells its type',
    `SELECT TYPEOF(PARSE_JSON('"a"')) AS X, TYPEOF(PARSE_JSON('1')) AS Y, TYPEOF(PARSE_JSON('{}')) AS Z`,
    [['VARCHAR', 'INTEGER', 'OBJECT']],
  ],
  [
    'sql-reference/constructs/qualify',
    'QUALIFY filters by a window',
    `SELECT f.VALUE::NUMBER AS N FROM LATERAL FLATTEN(INPUT => PARSE_JSON('[3,1,2]')) AS f QUALIFY ROW_NUMBER() OVER (ORDER BY N) = 1`,
    [['1']],
  ],
  [
    'sql-reference/constructs/order-by',
    'NULL is the largest',
    'SELECT x FROM (SELECT 1 AS x UNION ALL SELECT NULL) AS t ORDER BY x DESC',
    [[null], ['1']],
  ],
  [
    'sql-reference/constructs/group-by',
    'a group goes by an alias',
    `SELECT "V":a::VARCHAR AS A, COUNT(*) AS N FROM {T} GROUP BY A ORDER BY A`,
    [['1', '1']],
  ],
  [
    'sql-reference/functions/to_binary',
    'bytes go in as base64 and come out as hex',
    `SELECT TO_BINARY('/wA=', 'BASE64') AS B`,
    [['FF00']],
  ],
  ['sql-reference/functions/iff', 'IFF takes one of two', `SELECT IFF(1 = 1, 'a', 'b') AS X`, [['a']]],
  [
    'sql-reference/functions/coalesce',
    'COALESCE takes the first that is there',
    `SELECT COALESCE(NULL, 2, 3) AS X`,
    [['2']],
  ],
  [
    'sql-reference/functions/count_if',
    'rows without a value are counted',
    `SELECT COUNT(*) AS A, COUNT_IF("S" IS NULL) AS B FROM {T}`,
    [['1', '0']],
  ],
  [
    'sql-reference/functions/length',
    'the longest text of a column is found',
    `SELECT COUNT(*) AS A, COALESCE(MAX(LENGTH("S")), 0) AS B FROM {T}`,
    [['1', '3']],
  ],
  [
    'sql-reference/info-schema/columns',
    'INFORMATION_SCHEMA knows columns with their types',
    `SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, IS_NULLABLE FROM {DB}.INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC' AND TABLE_NAME = 'T' ORDER BY ORDINAL_POSITION`,
    [
      ['K', 'NUMBER', null, '5', '0', 'YES'],
      ['S', 'TEXT', '3', null, null, 'YES'],
      ['V', 'VARIANT', null, null, null, 'YES'],
      ['N', 'NUMBER', null, '6', '2', 'NO'],
    ],
  ],
];

export const VALUE_CASES: readonly StatementCase[] = [
  ...LOADED,
  ...SELECTED.map(([page, promise, sql, gives]) => ({ page, promise, sql, gives })),
];
