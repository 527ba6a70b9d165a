import type { KafkaRecord } from '#consumer/ports.ts';
import { ZonerError } from '#core/errors.ts';
import { hasCause } from '#dead-letters/causes.ts';
import { type Letter, placeOf } from '#dead-letters/letter.ts';

/** Chooses letters by what they say of themselves. */
export type LetterFilter = (letter: Letter, record: Pick<KafkaRecord, 'key'>) => boolean;

type Value = string | bigint | null;
type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

interface WhereField {
  readonly about: string;
  readonly parse: (text: string, now: number) => Value;
  readonly of: (letter: Letter, record: Pick<KafkaRecord, 'key'>) => Value | readonly Value[];
}

const asText = (text: string): string => text;
const text = (about: string, of: WhereField['of']): WhereField => ({ about, parse: asText, of });
const number = (about: string, of: WhereField['of']): WhereField => ({ about, parse: wholeNumber, of });
const time = (about: string, of: WhereField['of']): WhereField => ({ about, parse: instant, of });

const FIELDS: Readonly<Record<string, WhereField>> = {
  id: text('the id of the letter', ({ id }) => id),
  code: text('why it was refused', ({ code }) => code),
  stage: text('frame, decode or contract', ({ stage }) => stage),
  place: text('the field that the reason names', placeOf),
  key: text("the record's key, as text", (_, { key }) =>
    key === null ? null : Buffer.from(key).toString('utf8'),
  ),
  subject: text('a subject of the schema id', ({ subjects }) => subjects),
  schema: number('the schema id', ({ schemaId }) => (schemaId === null ? null : BigInt(schemaId))),
  partition: number('of the source topic', ({ source }) => BigInt(source.partition)),
  offset: number('of the source topic', ({ source }) => source.offset),
  attempts: number('how often it was refused', ({ attempts }) => BigInt(attempts)),
  time: time('when the record was written', ({ source }) => source.timestamp),
  first: time('when it was refused first', ({ firstFailedAt }) => firstFailedAt),
  last: time('when it was refused last', ({ lastFailedAt }) => lastFailedAt),
};

/** For help texts: each field, and what it is about. */
export const WHERE_FIELDS: readonly (readonly [name: string, about: string])[] = Object.entries(FIELDS).map(
  ([name, { about }]) => [name, about] as const,
);

const CONDITION = /^\s*([a-z]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*$/s;

/**
 * The filter of `--cause` and of each `--where`, all of which have to hold. A condition is a field, an operator and a
 * value: `partition=3`, `offset>=1000`, `last>=24h` (the last 24 hours), `first<2026-03-01`.
 * @param now milliseconds since 1970
 * @throws ZonerError USAGE
 */
export function letterFilter(cause: string | null, conditions: readonly string[], now: number): LetterFilter {
  const tests = conditions.map((condition) => conditionTest(condition, now));
  return (letter, record) =>
    (cause === null || hasCause(letter, cause)) && tests.every((test) => test(letter, record));
}

function conditionTest(condition: string, now: number): LetterFilter {
  const [, name = '', operator = '=', given = ''] = CONDITION.exec(condition) ?? [];
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field === undefined) {
    throw new ZonerError('USAGE', `--where ${condition}: a field, an operator and a value are needed`, {
      remedy: `The fields: ${Object.keys(FIELDS).join(', ')}. The operators: = != < <= > >=`,
    });
  }
  const wanted = field.parse(given, now);
  return (letter, record) => {
    const found = field.of(letter, record);
    const values = Array.isArray(found) ? found : [found];
    return operator === '!='
      ? !values.includes(wanted)
      : values.some((value) => holds(value, operator as Operator, wanted));
  };
}

function holds(value: Value, operator: Operator, wanted: Value): boolean {
  if (operator === '=') return value === wanted;
  if (value === null || wanted === null) return false;
  if (operator === '<') return value < wanted;
  if (operator === '<=') return value <= wanted;
  return operator === '>' ? value > wanted : value >= wanted;
}

function wholeNumber(given: string): bigint {
  if (/^\d{1,19}$/.test(given)) return BigInt(given);
  throw new ZonerError('USAGE', `--where: ${given} is no whole number`);
}

function instant(given: string, now: number): bigint {
  const moment = momentOf(given, now);
  if (moment !== null) return BigInt(moment);
  throw new ZonerError('USAGE', `--where: ${given} is neither an ISO time nor an age such as 24h`);
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The moment that `2026-03-01T12:00:00Z` or `24h` (so long ago) names, in milliseconds since 1970; null for none. */
export function momentOf(given: string, now: number): number | null {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(given) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS[unit] ?? 0);
  const moment = /^\d{4}-\d\d-\d\d/.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(moment) ? null : moment;
}
