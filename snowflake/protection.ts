import { type PersonalTag, personalTag } from '#avro/personal-data.ts';
import type { Contract } from '#contract/contract.ts';
import { upperSnake } from '#contract/warehouse-names.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import { literal, type Place, qualified, quoted } from '#snowflake/names.ts';
import { tableOf, versionsOf } from '#snowflake/table.ts';

/** A column that holds personal data, in any version of its contract. */
export interface ProtectedColumn {
  readonly table: string;
  readonly column: string;
  readonly tag: PersonalTag;
  /** Without length or precision: `VARCHAR`, `TIMESTAMP_TZ`. */
  readonly type: string;
}

const TAG = 'ZONER_PERSONAL';
const policyOf = (type: string): string => `${TAG}_${type}`;

/**
 * The columns of a contract's table whose field some version tags, or names as the person; so a field that has lost its
 * tag, or is gone, stays protected, because old rows hold it. The key's column is one of them if the key is.
 */
export function protectedColumns(
  contract: Contract,
  history: readonly SchemaVersion[],
): readonly ProtectedColumn[] {
  const tags = new Map<string, PersonalTag>();
  for (const { schema } of versionsOf(contract, history)) {
    for (const field of schema.fields) {
      const tag = personalTag(field) ?? (field.name === contract.person ? 'PII' : null);
      if (tag === null) continue;
      for (const name of [field.name, ...field.aliases]) tags.set(upperSnake(name), tag);
    }
  }
  const { name: table, columns } = tableOf(contract, history);
  return columns.flatMap(({ name: column, shadowOf, formerNames, sql }): readonly ProtectedColumn[] => {
    const asked =
      column === '_KEY' ? [upperSnake(contract.key)] : [column, shadowOf ?? column, ...formerNames];
    const tag = asked.map((each) => tags.get(each)).find((each) => each !== undefined);
    return tag === undefined ? [] : [{ table, column, tag, type: sql.replace(/\(.*$/, '') }];
  });
}

/**
 * Statements that tag these columns and mask their values from everybody but some roles: one tag, a policy for each type,
 * and the tag carries the policies. Each does no harm twice. Source: Snowflake's pages on CREATE TAG, CREATE MASKING POLICY,
 * ALTER TAG and tag-based masking policies, which need the Enterprise Edition.
 * @param readers roles that see the values
 */
export function protectionStatements(
  columns: readonly ProtectedColumn[],
  place: Place,
  readers: readonly string[],
): readonly string[] {
  if (columns.length === 0) return [];
  const types = [...new Set(columns.map(({ type }) => type))].sort();
  const tag = qualified(place, TAG);
  const mayRead = readers.map((role) => `IS_ROLE_IN_SESSION(${literal(role)})`).join(' OR ');
  const bodyOf = (type: string): string =>
    `CASE WHEN ${mayRead} THEN "VAL" ELSE ${type === 'VARCHAR' ? literal('•••') : 'NULL'} END`;
  return [
    `CREATE TAG IF NOT EXISTS ${tag} ALLOWED_VALUES 'HEALTH', 'PII', 'SENSITIVE' COMMENT = 'Values about people, as the contracts say.'`,
    ...types.flatMap((type) => [
      `CREATE MASKING POLICY IF NOT EXISTS ${qualified(place, policyOf(type))} AS ("VAL" ${type}) RETURNS ${type} -> ${bodyOf(type)}`,
      // The policy may be there, for other roles.
      `ALTER MASKING POLICY ${qualified(place, policyOf(type))} SET BODY -> ${bodyOf(type)}`,
    ]),
    `ALTER TAG ${tag} SET ${types.map((type) => `MASKING POLICY ${qualified(place, policyOf(type))}`).join(', ')} FORCE`,
    ...columns.map(
      ({ table, column, tag: value }) =>
        `ALTER TABLE ${qualified(place, table)} ALTER COLUMN ${quoted(column)} SET TAG ${tag} = ${literal(value)}`,
    ),
  ];
}
