import { defaultOf } from '#avro/field-default.ts';
import { toJson } from '#avro/json-form.ts';
import type { AvroSchema, Field, RecordSchema } from '#avro/model.ts';
import { shortName } from '#avro/names.ts';
import { unionForm } from '#avro/union-form.ts';
import { upperSnake } from '#contract/warehouse-names.ts';
import { type ColumnType, columnType } from '#snowflake/column-type.ts';
import { literal } from '#snowflake/names.ts';
import { typeSuffix, widest } from '#snowflake/type-change.ts';

/** A version of a contract's root schema; the working tree counts as the version after the last registered one. */
export interface SchemaVersion {
  readonly version: number;
  readonly schema: RecordSchema;
}

/** A column that the versions of a contract ask for. */
export interface FieldColumn extends ColumnType {
  readonly name: string;
  readonly comment: string | null;
  /** Names that it had under earlier versions, the newest first: the data of such a column is this column's. */
  readonly formerNames: readonly string[];
  /** The member of the row's JSON object that fills it; null if the newest version writes it no more. */
  readonly member: string | null;
  /** SQL for the rows that are older than the field: its Avro default. Null where NULL stays. */
  readonly backfill: string | null;
  /** The field's first column, if its type has changed since in a way that no ALTER can follow; null for most. */
  readonly shadowOf: string | null;
  /** The records that it holds, if it is a union of records: by every short name that a version gave them. */
  readonly kinds: ReadonlyMap<string, RecordSchema>;
}

/** A field through all versions, with a column for every type that no ALTER turns into another. */
interface Lineage {
  /** The column name that the field's present name gives. */
  name: string;
  formerNames: string[];
  readonly columns: Typed[];
  /** True if some version, after the first, lacked the field: then there may be rows without it. */
  lateOrGap: boolean;
  /** True if some version allowed null: then a NULL may be what somebody meant. */
  wasNullable: boolean;
  field: Field | null;
  active: Typed | null;
  /** The version that removed the field; null while it is there. */
  removedIn: number | null;
  doc: string | null;
}

interface Typed {
  type: ColumnType;
  /** Ends the name of every column but the first: the type that it began with. */
  readonly suffix: string;
  readonly kinds: Map<string, RecordSchema>;
  /** The version in which another type took over; null for the one in use. */
  replacedIn: number | null;
}

/**
 * The columns that all versions together ask for, in order of first appearance: renamed where an alias says so, kept
 * where a field was removed, widened where Snowflake can widen, and beside the old one where it cannot. It depends on
 * nothing but the versions, so a table ends alike whichever of them it was first made for. Versions come oldest first.
 */
export function foldVersions(versions: readonly SchemaVersion[]): readonly FieldColumn[] {
  const lineages: Lineage[] = [];
  for (const [index, { version, schema }] of versions.entries()) {
    const matched = matchFields(schema.fields, lineages);
    for (const lineage of lineages) if (!matched.has(lineage)) remove(lineage, version);
    const known = new Map([...matched].map(([lineage, field]) => [field, lineage]));
    for (const field of schema.fields) {
      const lineage = known.get(field) ?? start(field, index > 0, lineages);
      continueWith(lineage, field, version);
    }
  }
  return lineages.flatMap(columnsOf);
}

/** Which column each field goes on with: that of its name, otherwise that of an alias no field of this version names. */
function matchFields(fields: readonly Field[], lineages: readonly Lineage[]): ReadonlyMap<Lineage, Field> {
  const matched = new Map<Lineage, Field>();
  const byName = (name: string): Lineage | undefined => {
    const column = upperSnake(name);
    const same = lineages.filter((each) => each.name === column && !matched.has(each));
    return same.find(({ field }) => field !== null) ?? same.at(-1);
  };
  const rest: Field[] = [];
  for (const field of fields) {
    const lineage = byName(field.name);
    if (lineage === undefined) rest.push(field);
    else matched.set(lineage, field);
  }
  for (const field of rest) {
    const candidates = field.aliases.map(byName).filter((each) => each !== undefined);
    const lineage = candidates.find((each) => each.field !== null) ?? candidates[0];
    if (lineage !== undefined) matched.set(lineage, field);
  }
  return matched;
}

function start(field: Field, late: boolean, lineages: Lineage[]): Lineage {
  const lineage: Lineage = {
    name: upperSnake(field.name),
    formerNames: [],
    columns: [],
    lateOrGap: late,
    wasNullable: false,
    field: null,
    active: null,
    removedIn: null,
    doc: null,
  };
  lineages.push(lineage);
  return lineage;
}

function remove(lineage: Lineage, version: number): void {
  lineage.removedIn ??= version;
  lineage.lateOrGap = true;
  lineage.field = null;
}

function continueWith(lineage: Lineage, field: Field, version: number): void {
  const name = upperSnake(field.name);
  if (name !== lineage.name) {
    lineage.formerNames = [lineage.name, ...lineage.formerNames.filter((each) => each !== name)];
    lineage.name = name;
  }
  const wanted = columnType(field.schema);
  const fitting = lineage.columns.find(({ type }) => widest(type.sql, wanted.sql) !== null);
  const active = fitting ?? {
    type: wanted,
    suffix: typeSuffix(wanted.sql),
    kinds: new Map(),
    replacedIn: null,
  };
  if (fitting === undefined) lineage.columns.push(active);
  else active.type = { ...wanted, sql: widest(active.type.sql, wanted.sql) ?? wanted.sql };
  if (lineage.active !== null && lineage.active !== active) lineage.active.replacedIn = version;
  active.replacedIn = null;
  addKinds(active.kinds, field.schema);
  lineage.wasNullable ||= wanted.nullable;
  Object.assign(lineage, { active, field, removedIn: null, doc: field.doc || null });
}

/** A record that was renamed goes on under its earlier names too, so that nobody's query loses its view. */
function addKinds(kinds: Map<string, RecordSchema>, schema: AvroSchema): void {
  const union = schema.type === 'union' ? unionForm(schema) : null;
  if (union?.form !== 'records') return;
  for (const record of union.kinds.values()) {
    for (const name of record.aliases.map(shortName)) if (kinds.has(name)) kinds.set(name, record);
    kinds.set(record.name, record);
  }
}

function columnsOf(lineage: Lineage): readonly FieldColumn[] {
  const { name, formerNames, field, active, removedIn } = lineage;
  return lineage.columns.map((typed, index) => {
    const suffix = index === 0 ? '' : `_${typed.suffix}`;
    const inUse = typed === active ? field : null;
    const { backfill, nullable } = rowsWithout(lineage, typed, inUse);
    return {
      ...typed.type,
      name: `${name}${suffix}`,
      formerNames: formerNames.map((each) => `${each}${suffix}`),
      nullable,
      comment: commentOf(lineage.doc, typed === active ? removedIn : typed.replacedIn, typed === active),
      member: inUse?.name ?? null,
      backfill,
      shadowOf: index === 0 ? null : name,
      kinds: typed.kinds,
    };
  });
}

/** What becomes of rows that other versions wrote without this column: its default, or NULL. */
function rowsWithout(lineage: Lineage, { type }: Typed, field: Field | null) {
  if (field === null || type.nullable || lineage.columns.length > 1)
    return { nullable: true, backfill: null };
  if (!lineage.lateOrGap) return { nullable: false, backfill: null };
  const backfill = lineage.wasNullable ? null : backfillOf(field, type);
  return { nullable: backfill === null, backfill };
}

function commentOf(doc: string | null, since: number | null, removed: boolean): string | null {
  if (since === null) return doc;
  const says = `${removed ? 'Removed in' : 'Of another type since'} version ${since}.`;
  return doc === null ? says : `${says} ${doc}`;
}

/** The field's Avro default as SQL; null if it has none. */
function backfillOf(field: Field, { sql }: ColumnType): string | null {
  const value = defaultOf(field)?.(field.name);
  if (value === undefined || value === null) return null;
  const json = toJson(field.schema, value);
  if (typeof json === 'boolean') return json ? 'TRUE' : 'FALSE';
  const text = String(json);
  if (sql.startsWith('BINARY')) return `TO_BINARY(${literal(text)}, 'BASE64')`;
  if (sql === 'VARCHAR') return literal(text);
  return `${literal(sql === 'FLOAT' ? text.replace('Infinity', 'inf') : text)}::${sql}`;
}
