import type { Comparison } from '#bench/conformance-report.ts';
import type { Asked, Outcome, Script } from '#bench/second-opinion/asked.ts';
import type { Answer } from '#bench/second-opinion/fakesnow.ts';
import { explanationOf, type Tool } from '#bench/second-opinion/known-differences.ts';
import { variantText } from '#snowflake/local/variant-text.ts';

/** Code of a refusal that a parser alone can make. */
const SYNTAX = '001003';

/** Whether the other one ran it alike: taken or refused, and for statements that give rows or counts, the same ones. */
export function compareRuns(script: Script, answers: readonly Answer[]): readonly Comparison[] {
  return answers.map(({ asked, outcome }) => judge('fakesnow', script, asked, differenceOf(asked, outcome)));
}

/** Whether sqlfluff parses what the local Snowflake takes, and refuses what that refuses for its syntax. */
export function compareParses(script: Script, asked: Asked, says: string | null): Comparison {
  const { outcome } = asked;
  const mayParse = outcome.kind === 'accepted' || outcome.code !== SYNTAX;
  // A parser knows no types and no tables: that it takes what is refused for those is no difference.
  if (mayParse === (says === null)) return judge('sqlfluff', script, asked, null);
  return judge('sqlfluff', script, asked, says === null ? 'parses it' : `does not parse it: ${says}`);
}

/** Whether polyglot finds the tables and columns that the local Snowflake finds. */
export function compareReferences(script: Script, asked: Asked, says: string | null): Comparison {
  const { outcome } = asked;
  const isAboutNames = outcome.kind === 'refused' && /^(?:002003|000904)$/.test(outcome.code);
  if (outcome.kind === 'refused' && !isAboutNames) return judge('polyglot', script, asked, null);
  if (isAboutNames === (says !== null)) return judge('polyglot', script, asked, null);
  return judge('polyglot', script, asked, says === null ? 'finds every name' : `misses a name: ${says}`);
}

function judge(tool: Tool, script: Script, asked: Asked, difference: string | null): Comparison {
  const name = `${tool}: ${script.name}: ${asked.sql.replace(/\s+/g, ' ').slice(0, 160)}`;
  if (difference === null) return { name, outcome: 'agrees' };
  const rule = explanationOf(tool, script, asked, difference);
  return rule === null
    ? { name, outcome: 'disagrees', detail: difference }
    : { name, outcome: 'named', rule };
}

function differenceOf({ sql, outcome: ours }: Asked, theirs: Outcome): string | null {
  if (ours.kind === 'refused')
    return theirs.kind === 'refused' ? null : `takes it; refused here with ${ours.code}`;
  if (theirs.kind === 'refused') return `refuses it: ${theirs.says.replace(/\s+/g, ' ').slice(-300)}`;
  if (!/^\s*(?:SELECT|MERGE|INSERT|UPDATE|DELETE)\b/.test(sql)) return null;
  const isQuery = /^\s*SELECT\b/.test(sql);
  // Of a count of changed rows only the number itself: Snowflake counts joins of an UPDATE in a second column.
  const [mine, other] = [ours, theirs].map(({ rows }) =>
    JSON.stringify(isQuery ? rows.map((row) => row.map(plainCell)) : rows[0]?.[0]),
  );
  return mine === other ? null : `gives ${other?.slice(0, 300)}; here ${mine?.slice(0, 300)}`;
}

/** A cell without what only its writing decides: zeros at the end of a fraction, spaces and the order of keys in JSON. */
function plainCell(cell: string | null): string | null {
  if (cell === null) return null;
  if (/^[{[]/.test(cell)) return variantText(cell);
  return cell.replace(/(\d\d:\d\d:\d\d)\.?(\d*?)0*(?=$| )/, '$1.$2');
}
