import { fingerprint } from '#avro/fingerprint.ts';
import { type Problem, problemsError } from '#avro/problems.ts';
import type { Contract } from '#contract/contract.ts';
import { type METADATA_COLUMNS, upperSnake } from '#contract/warehouse-names.ts';
import { type FieldColumn, foldVersions, type SchemaVersion } from '#snowflake/fold.ts';

export type Column = FieldColumn;

/** The table of a contract as it has to be. */
export interface Table {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
}

type Metadata = readonly [
  name: (typeof METADATA_COLUMNS)[number],
  sql: string,
  nullable: boolean,
  comment: string,
];

/** A row's identity, and where it came from. The same for every table. */
const METADATA: readonly Metadata[] = [
  ['_TOPIC', 'VARCHAR', false, 'Origin topic; with partition and offset the identity of the row.'],
  ['_PARTITION', 'NUMBER(10,0)', false, 'Origin partition.'],
  ['_OFFSET', 'NUMBER(19,0)', false, 'Origin offset.'],
  ['_TIMESTAMP', 'TIMESTAMP_TZ(3)', false, "The record's Kafka timestamp."],
  ['_KEY', 'VARCHAR', true, "The record's key: text, or 0x and hex if it is not UTF-8."],
  ['_HEADERS', 'VARIANT', true, "The record's headers as [name, text or base64] pairs."],
  ['_SCHEMA_ID', 'NUMBER(10,0)', false, "The registry's id of the schema it was written with."],
  ['_VALUE_SHA256', 'VARCHAR(64)', false, "SHA-256 of the record's value, hex."],
  ['_LOADED_AT', 'TIMESTAMP_TZ(3)', false, 'When the row was written first.'],
];

export const IDENTITY = ['_TOPIC', '_PARTITION', '_OFFSET'] as const;

/** Snowflake's longest name. */
const MAX_NAME = 255;

/**
 * The versions that a contract's table folds over: its history, then the working tree unless that is the newest of it.
 * @param history oldest first
 */
export function versionsOf(contract: Contract, history: readonly SchemaVersion[]): readonly SchemaVersion[] {
  const last = history.at(-1);
  if (last !== undefined && fingerprint(last.schema) === fingerprint(contract.root)) return history;
  return [...history, { version: (last?.version ?? 0) + 1, schema: contract.root }];
}

/**
 * The table that holds a contract's records: a column a field of any version, then the metadata.
 * @throws ZonerError CONTRACT_INVALID where two columns would share a name, or a name is too long for Snowflake
 */
export function tableOf(contract: Contract, history: readonly SchemaVersion[] = []): Table {
  const columns = [...foldVersions(versionsOf(contract, history)), ...METADATA.map(metadataColumn)];
  const problems = nameProblems(contract, columns);
  if (problems.length > 0) throw problemsError('CONTRACT_INVALID', problems);
  const comment = contract.root.doc || `Records of the topic ${contract.topic}.`;
  return { name: contract.table, comment, columns, primaryKey: IDENTITY };
}

function metadataColumn([name, sql, nullable, comment]: Metadata): Column {
  const fromJson = (variant: string): string => (sql === 'VARIANT' ? variant : `${variant}::VARCHAR::${sql}`);
  const never = { formerNames: [], backfill: null, shadowOf: null, kinds: new Map() };
  return { name, sql, nullable, comment, member: name, fromJson, ...never };
}

function nameProblems({ root, name: contract }: Contract, columns: readonly Column[]): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (member: string | null, message: string): void => {
    const field = root.fields.find((each) => each.name === member);
    problems.push({ position: field?.position ?? root.position, message });
  };
  const taken = new Map<string, string>(METADATA.map(([name]) => [name, 'a metadata column']));
  for (const field of root.fields) {
    const name = upperSnake(field.name);
    const other = taken.get(name);
    if (other !== undefined)
      refuse(field.name, `field ${field.name} and ${other} would both be the column ${name}`);
    taken.set(name, `field ${field.name}`);
  }
  if (problems.length > 0) return problems;
  const seen = new Set<string>();
  for (const { name, member } of columns) {
    if (name.length > MAX_NAME) refuse(member, `the column ${name} is longer than ${MAX_NAME} characters`);
    if (seen.has(name))
      refuse(member, `two fields of the versions of ${contract} would both be the column ${name}`);
    seen.add(name);
  }
  return problems;
}
