import type { Field } from '#avro/model.ts';
import { type Problem, problemsError } from '#avro/problems.ts';
import type { Contract } from '#contract/contract.ts';
import { type METADATA_COLUMNS, upperSnake } from '#contract/warehouse-names.ts';
import { type ColumnType, columnType } from '#snowflake/column-type.ts';

export interface Column extends ColumnType {
  readonly name: string;
  readonly comment: string | null;
  /** The member of the row's JSON object that holds the value. */
  readonly member: string;
}

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

/**
 * The table that holds a contract's records: a column a field, then the metadata.
 * @throws ZonerError CONTRACT_INVALID where two fields would share a column
 */
export function tableOf(contract: Contract): Table {
  const fields = contract.root.fields.map((field) => ({ field, column: fieldColumn(field) }));
  const problems = collisions(fields);
  if (problems.length > 0) throw problemsError('CONTRACT_INVALID', problems);
  return {
    name: contract.table,
    comment: contract.root.doc ?? `Records of the topic ${contract.topic}.`,
    columns: [...fields.map(({ column }) => column), ...METADATA.map(metadataColumn)],
    primaryKey: IDENTITY,
  };
}

function fieldColumn(field: Field): Column {
  const type = columnType(field.schema);
  return { name: upperSnake(field.name), comment: field.doc, member: field.name, ...type };
}

function metadataColumn([name, sql, nullable, comment]: Metadata): Column {
  const fromJson = (variant: string): string => (sql === 'VARIANT' ? variant : `${variant}::VARCHAR::${sql}`);
  return { name, sql, nullable, comment, member: name, fromJson };
}

function collisions(
  fields: readonly { readonly field: Field; readonly column: Column }[],
): readonly Problem[] {
  const taken = new Map<string, string>(METADATA.map(([name]) => [name, 'a metadata column']));
  const problems: Problem[] = [];
  for (const { field, column } of fields) {
    const other = taken.get(column.name);
    if (other !== undefined) {
      const message = `field ${field.name} and ${other} would both be the column ${column.name}`;
      problems.push({ position: field.position, message });
    }
    taken.set(column.name, `field ${field.name}`);
  }
  return problems;
}
