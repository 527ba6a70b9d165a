import { fieldFindings } from '#avro/lint/field-rules.ts';
import type { Finding, Found } from '#avro/lint/finding.ts';
import { logicalTypeFindings } from '#avro/lint/logical-type-rules.ts';
import { nameFindings } from '#avro/lint/name-rules.ts';
import { SCHEMA_RULES, type SchemaRule } from '#avro/lint/rules.ts';
import { typeFindings } from '#avro/lint/type-rules.ts';
import { unionFindings } from '#avro/lint/union-rules.ts';
import type { Walk } from '#avro/lint/walk.ts';

const JUDGES: readonly ((walk: Walk) => readonly Found<SchemaRule>[])[] = [
  typeFindings,
  logicalTypeFindings,
  unionFindings,
  fieldFindings,
  nameFindings,
];

/** What a schema that the parser accepted should not be like, with everything that it uses. */
export function lintSchema(all: Walk): readonly Finding[] {
  return JUDGES.flatMap((judge) => judge(all)).map((found) => ({
    ...found,
    severity: SCHEMA_RULES[found.rule].severity,
  }));
}
