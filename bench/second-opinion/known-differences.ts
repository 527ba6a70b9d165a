import type { Asked, Script } from '#bench/second-opinion/asked.ts';
import { POLICY_CASES } from '#snowflake/local/contract-policy-cases.ts';

export type Tool = 'fakesnow' | 'sqlfluff' | 'polyglot';

interface Known {
  readonly tool: Tool;
  /** One sentence: who is right, and why. */
  readonly because: string;
  covers(difference: string, asked: Asked, script: Script): boolean;
}

/** A case of the local Snowflake's contract, by the words of its promise; its page says what Snowflake does. */
function inCase(...promises: readonly string[]): Known['covers'] {
  return (_difference, _asked, { name }) =>
    name.startsWith('case ') && promises.some((promise) => name.endsWith(promise));
}

const DUCKDB_TAKES = inCase(
  'another type is refused',
  'another scale is refused',
  'a shorter text is refused',
  'NOT NULL on a VARIANT is refused while there are rows',
  'a text longer than its column is refused',
  'PARSE_JSON in VALUES is refused',
  'a key twice is refused',
  'ten digits of a second is refused',
  'a reserved word as a name is refused',
  'a parameter that is unknown is refused',
);

const ABOUT_MASKS =
  /\bMASKING POLIC|^SHOW TAGS|\bIS_ROLE_IN_SESSION\(|\b(?:POLICY_REFERENCES|TAG_REFERENCES_ALL_COLUMNS)\(/;
const IN_POLICY_CASE = inCase(...POLICY_CASES.map(({ promise }) => promise));

/** Every difference that was looked at. What none of these covers fails the lane. */
const KNOWN: readonly Known[] = [
  {
    tool: 'fakesnow',
    because:
      'it keeps no text of views, no comments of columns and no digits of seconds, so INFORMATION_SCHEMA answers otherwise',
    covers: (difference, { sql }) => sql.includes('INFORMATION_SCHEMA') && difference.startsWith('gives '),
  },
  {
    tool: 'fakesnow',
    because: 'it cannot take an apostrophe in the comment of a table or view, which it hands on unquoted',
    covers: (difference, { sql }) => difference.includes('261000') && /COMMENT = '[^']*''/.test(sql),
  },
  {
    tool: 'fakesnow',
    because:
      'DuckDB keeps microseconds of TIMESTAMP_TZ and TIMESTAMP_NTZ whatever their digits, and no offset',
    covers: (difference, { sql }, { name }) =>
      difference.startsWith('gives ') &&
      /^SELECT \*/.test(sql) &&
      /^(?:contract (?:local-timestamp|timestamp-micros-nanos)|evolution microseconds to milliseconds)$/.test(
        name,
      ),
  },
  {
    tool: 'fakesnow',
    because:
      'it writes TIME and TIMESTAMP_TZ as text in the way of DuckDB, without the session formats of Snowflake',
    covers: inCase('becomes a TIMESTAMP_TZ(3)', 'becomes a TIME(6)', 'TZ keeps its offset'),
  },
  {
    tool: 'fakesnow',
    because: 'DuckDB rounds TIMESTAMP_NTZ(9) beyond 2262 to microseconds',
    covers: inCase('NTZ reaches 9999 and keeps nanoseconds'),
  },
  {
    tool: 'fakesnow',
    because: 'DuckDB writes a whole FLOAT with a zero behind its point, and bytes as bits once they met NULL',
    covers: (_difference, _asked, { name }) =>
      /^evolution (?:int to double|long to float|bytes to string)$/.test(name),
  },
  {
    tool: 'fakesnow',
    because: 'names of DuckDB have no case, those of Snowflake have',
    covers: inCase('quoted names keep their case', 'a name in another case is refused'),
  },
  {
    tool: 'fakesnow',
    because: 'it hands an empty text to a parser of JSON that takes none; the page of PARSE_JSON says NULL',
    covers: inCase('an empty text is NULL, and null is not'),
  },
  {
    tool: 'fakesnow',
    because: 'it answers TYPEOF with the type of DuckDB; the page names those of a VARIANT',
    covers: inCase('a VARIANT tells its type'),
  },
  {
    tool: 'fakesnow',
    because: 'it does not know UNSET COMMENT, which the page of ALTER TABLE … ALTER COLUMN documents',
    covers: inCase('a comment can be taken away'),
  },
  {
    tool: 'fakesnow',
    because:
      'it knows no masking policies, no roles of a session and nothing of what SHOW and references say of tags',
    covers: (difference, asked, script) =>
      ABOUT_MASKS.test(asked.sql) || IN_POLICY_CASE(difference, asked, script),
  },
  {
    tool: 'fakesnow',
    because:
      'the source of a MERGE that inserts nothing has only the columns that it writes, not those of ON',
    covers: (difference, { sql }) =>
      /^MERGE\b/.test(sql) &&
      !sql.includes('WHEN NOT MATCHED') &&
      difference.includes('does not have a column'),
  },
  {
    tool: 'fakesnow',
    because: 'it rounds the seconds of an instant; the page of DATE_PART cuts them off',
    covers: inCase('the seconds since 1970 are those of the instant, rounded down'),
  },
  {
    tool: 'sqlfluff',
    because: 'it does not know SHOW TAGS, which has a page of its own',
    covers: (_difference, { sql }) => sql.startsWith('SHOW TAGS'),
  },
  {
    tool: 'sqlfluff',
    because: 'it knows DROP MASKING POLICY of a name of one part alone, without IF EXISTS',
    covers: (_difference, { sql }) => sql.startsWith('DROP MASKING POLICY'),
  },
  {
    tool: 'fakesnow',
    because: 'DuckDB takes what the named pages of Snowflake refuse',
    covers: (difference, asked, script) =>
      difference.startsWith('takes it') && DUCKDB_TAKES(difference, asked, script),
  },
  {
    tool: 'fakesnow',
    because: 'the local Snowflake is stricter on purpose, as its contract marks',
    covers: inCase(
      'a DEFAULT is refused',
      'an explicit cast to a shorter text is refused',
      'a table that would be replaced is refused',
      'a statement that Zoner does not emit is refused',
    ),
  },
  {
    tool: 'polyglot',
    because: 'it compares names without their case, also quoted ones',
    covers: inCase('a name in another case is refused'),
  },
];

/** Why a difference is none of the local Snowflake's faults; null if nobody has looked at it yet. */
export function explanationOf(tool: Tool, script: Script, asked: Asked, difference: string): string | null {
  const known = KNOWN.find((each) => each.tool === tool && each.covers(difference, asked, script));
  return known === undefined ? null : `${tool}: ${known.because}`;
}
