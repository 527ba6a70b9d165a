import type { Rule } from '#avro/lint/finding.ts';

const forbidden = (summary: string): Rule => ({ severity: 'error', waivable: false, summary });
const error = (summary: string): Rule => ({ severity: 'error', waivable: true, summary });
const warning = (summary: string): Rule => ({ severity: 'warning', waivable: true, summary });

/** The rules that a schema is judged by alone. Identifiers are stable: waivers name them. */
export const SCHEMA_RULES = {
  'no-value': forbidden('An enum without symbols, or a union without branches, has no value.'),
  'infinite-record': forbidden(
    'A record that always contains itself has no value, and building one never ends.',
  ),
  'kind-collision': forbidden('Two branches of a union with one short name cannot be told apart by kind.'),
  'kind-field': forbidden(
    'A branch of a union of records cannot have a field of its own that is called kind.',
  ),
  'reserved-field': forbidden('A field called __proto__ is no property of a JavaScript object.'),
  'zero-width-items': error(
    'A few bytes can claim billions of items that take no bytes, which kills a reader.',
  ),
  'logical-type-base': error(
    'A logical type on a base type that it does not belong to is ignored by every reader.',
  ),
  'logical-type-on-field': error('A logical type beside the type of a field, instead of in it, is ignored.'),
  'decimal-precision': error('A decimal without a possible precision and scale is read as bytes.'),
  'default-value': error('A default that its own field refuses fails when it is needed first.'),
  'alias-collision': error('An alias that names another field of the record makes Java refuse to read.'),
  'missing-doc': warning('What nobody explained is guessed at by every consumer and analyst.'),
  'enum-without-default': warning('Readers refuse a record with a symbol that they do not know yet.'),
  'nullable-without-default': warning(
    'A nullable field without a default can be neither added nor removed later.',
  ),
  'default-not-first': warning('A default that is not of the first branch is refused by Avro before 1.12.'),
  'default-unreadable-elsewhere': warning(
    'A default that other JavaScript readers refuse, and the schema with it.',
  ),
  'union-wraps': warning('Readers in JavaScript with avsc get the values of this union wrapped.'),
  'logical-type-unknown': warning('A logical type that Zoner does not know is read as its base type.'),
  'decimal-too-wide': warning('Snowflake holds at most 38 digits, 37 of them after the point.'),
  'name-not-portable': warning('Only Java reads names with other letters than A to Z.'),
} as const satisfies Readonly<Record<string, Rule>>;

export type SchemaRule = keyof typeof SCHEMA_RULES;
