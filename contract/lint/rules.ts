import type { Rule } from '#avro/lint/finding.ts';
import { SCHEMA_RULES } from '#avro/lint/rules.ts';

const forbidden = (summary: string): Rule => ({ severity: 'error', waivable: false, summary });
const warning = (summary: string): Rule => ({ severity: 'warning', waivable: true, summary });
const upkeep = (severity: Rule['severity'], summary: string): Rule => ({
  severity,
  waivable: false,
  summary,
});

/** The rules that need a contract, or all of them, besides the schema. */
export const CONTRACT_RULES = {
  'type-name-collision': forbidden('Two types cannot have one name in TypeScript.'),
  'column-collision': forbidden('Two fields cannot share a column of the table.'),
  'relation-collision': forbidden('Two contracts cannot share a table or view of the warehouse.'),
  'forward-reference': warning(
    'A type that is used before its definition is refused by Avro before 1.12, and by avsc.',
  ),
  'table-lower-case': warning('A table name with lower-case letters has to be quoted in every query.'),
  'compatibility-none': warning('Without a compatibility level any change may break every consumer.'),
  'missing-id': warning('Without an id, one event that was sent twice is two events for every reader.'),
  'missing-owner': warning('Nobody knows whom to ask.'),
  'unknown-rule': upkeep('error', 'A waiver or a raise names a rule that does not exist.'),
  'unknown-place': upkeep('warning', 'A waiver or a raise names a place that the contract does not have.'),
  'unused-waiver': upkeep('warning', 'A waiver has nothing to waive.'),
  'expired-waiver': upkeep('warning', 'A waiver or a raise has run out.'),
} as const satisfies Readonly<Record<string, Rule>>;

export type ContractRule = keyof typeof CONTRACT_RULES;

export const RULES: Readonly<Record<string, Rule>> = { ...SCHEMA_RULES, ...CONTRACT_RULES };

/**
 * Lint's rules have lower-case names with dashes. A contract also waives verdicts on changes of its schema; their rules
 * are UPPER_CASE, and another judge's matter.
 */
export function isLintRule(rule: string): boolean {
  return rule !== rule.toUpperCase();
}
