import { MASK, type PersonalTag, personalTag } from '#avro/personal-data.ts';
import type { Contract, Protection } from '#contract/contract.ts';
import { upperSnake } from '#contract/warehouse-names.ts';
import type { SchemaVersion } from '#snowflake/fold.ts';
import { literal } from '#snowflake/names.ts';
import { type Table, versionsOf } from '#snowflake/table.ts';

/** The tag that says of a column what its contract says of its field. */
export const PERSONAL = 'ZONER_PERSONAL';

/** One policy masks the columns of one table and one type: a policy takes and gives one type. */
export interface MaskingPolicy {
  readonly name: string;
  /** Without length or digits, which Snowflake does not ask for: `VARCHAR`, `TIMESTAMP_TZ`. */
  readonly type: string;
  /** An expression over `"VAL"`. */
  readonly body: string;
}

/** What a table's columns have to be protected with. */
export interface TableProtection {
  readonly readers: readonly string[];
  /** By the name of the column. */
  readonly columns: ReadonlyMap<string, { readonly tag: PersonalTag; readonly policy: MaskingPolicy }>;
}

/** The types that a column of a contract's table can have. */
const TYPES = [
  'BINARY',
  'BOOLEAN',
  'DATE',
  'FLOAT',
  'NUMBER',
  'TIME',
  'TIMESTAMP_NTZ',
  'TIMESTAMP_TZ',
  'VARCHAR',
  'VARIANT',
];

const policyName = (table: string, type: string): string => `ZONER_MASK_${table}_${type}`;

/** The names of all policies that a table can have from Zoner. */
export function policyNames(table: string): readonly string[] {
  return TYPES.map((type) => policyName(table, type));
}

/**
 * The columns of a contract's table whose field some version tags, or names as the person, with the policy of each; null
 * where the contract asks for no protection. A field that has lost its tag, or is gone, stays protected, because old rows
 * hold it. The key's column is one of them if the key is.
 */
export function protectionOf(
  contract: Contract,
  history: readonly SchemaVersion[],
  table: Table,
): TableProtection | null {
  if (contract.protection === null) return null;
  const { protection } = contract;
  const tags = tagsOf(contract, history);
  const columns = new Map<string, { readonly tag: PersonalTag; readonly policy: MaskingPolicy }>();
  for (const { name, shadowOf, formerNames, sql } of table.columns) {
    const asked = name === '_KEY' ? [upperSnake(contract.key)] : [name, shadowOf ?? name, ...formerNames];
    const tag = asked.map((each) => tags.get(each)).find((each) => each !== undefined);
    if (tag !== undefined) columns.set(name, { tag, policy: policyFor(table.name, sql, protection) });
  }
  return { readers: protection.readers, columns };
}

/** The tag of each column's name, over all versions. */
function tagsOf(contract: Contract, history: readonly SchemaVersion[]): ReadonlyMap<string, PersonalTag> {
  const tags = new Map<string, PersonalTag>();
  for (const { schema } of versionsOf(contract, history)) {
    for (const field of schema.fields) {
      const tag = personalTag(field) ?? (field.name === contract.person ? 'PII' : null);
      if (tag === null) continue;
      for (const name of [field.name, ...field.aliases]) tags.set(upperSnake(name), tag);
    }
  }
  return tags;
}

/** The mask of a text fits the shortest column of texts, 36 characters: one that does not is an error for who reads it. */
function policyFor(table: string, sql: string, { readers }: Protection): MaskingPolicy {
  const type = sql.replace(/\(.*$/, '');
  const masked = type === 'VARCHAR' ? literal(MASK) : 'NULL';
  return {
    name: policyName(table, type),
    type,
    body: `CASE WHEN ${isReader(readers)} THEN "VAL" ELSE ${masked} END`,
  };
}

/** SQL that is true for a session that has one of these roles. */
export function isReader(readers: readonly string[]): string {
  return readers.map((role) => `IS_ROLE_IN_SESSION(${literal(role)})`).join(' OR ') || 'FALSE';
}

/** The roles that a policy's body shows the values to. */
export function readersOf(body: string): readonly string[] {
  return [...body.matchAll(/IS_ROLE_IN_SESSION\('((?:[^'\\]|''|\\.)*)'\)/gi)].map(([, text = '']) =>
    text.replaceAll("''", "'").replaceAll('\\\\', '\\'),
  );
}
