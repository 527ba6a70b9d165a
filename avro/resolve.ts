import type { AvroSchema, EnumSchema, RecordSchema, UnionSchema } from '#avro/model.ts';
import type { Plan, PlannedField, RecordPlan, RefusePlan, ScalarPlan, Step } from '#avro/plan.ts';
import { sharesFullName, sharesName, sourcesOf } from '#avro/reader-names.ts';
import { equivalentUnions } from '#avro/union-equivalence.ts';
import { isRecord, kindOf, unionForm } from '#avro/union-form.ts';

/**
 * Plans how to read what `writer` wrote as `reader`, as Avro Java 1.12 resolves: value by value, so that a branch or a
 * symbol that the reader does not have refuses the values that hold it and no others.
 */
export function resolve(writer: AvroSchema, reader: AvroSchema): Plan {
  return plan(writer, reader, null, new Map());
}

/** The plans of records that are made or under way: by reader and kind, then by writer. */
type Made = Map<AvroSchema, Map<string, RecordPlan>>;

/** `kind` is set where the value is a record of a union of records. */
function plan(writer: AvroSchema, reader: AvroSchema, kind: string | null, made: Made): Plan {
  if (writer.type === 'union') return planWriterUnion(writer, reader, made);
  if (reader.type === 'union') return planBranch(writer, branchFor(writer, reader, made), reader, made);
  if (isRecord(writer) && isRecord(reader)) return planRecord(writer, reader, kind, made);
  if (writer.type === 'array' && reader.type === 'array')
    return { do: 'array', item: plan(writer.items, reader.items, null, made) };
  if (writer.type === 'map' && reader.type === 'map')
    return { do: 'map', value: plan(writer.values, reader.values, null, made) };
  if (writer.type === 'enum' && reader.type === 'enum') return planEnum(writer, reader);
  return planScalar(writer, reader) ?? refusal(writer, reader);
}

function refusal(writer: AvroSchema, reader: AvroSchema): RefusePlan {
  return { do: 'refuse', why: `written as ${nameOf(writer)}, it cannot be read as ${nameOf(reader)}` };
}

function nameOf(schema: AvroSchema): string {
  if (schema.type === 'union') return `one of ${schema.branches.map(nameOf).join(', ') || 'nothing'}`;
  return 'fullName' in schema ? `${schema.type} ${schema.fullName}` : schema.type;
}

/** Avro's promotions (1.12, "Schema Resolution"): what a base type may be read as, besides itself. */
export const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

function planScalar(writer: AvroSchema, reader: AvroSchema): ScalarPlan | null {
  if (writer.type === 'fixed' && reader.type === 'fixed')
    return writer.size === reader.size && sharesName(writer, reader)
      ? { do: 'scalar', writer, reader }
      : null;
  if (!isPrimitiveSchema(writer) || !isPrimitiveSchema(reader)) return null;
  const fits = writer.type === reader.type || PROMOTIONS[writer.type]?.includes(reader.type) === true;
  return fits ? { do: 'scalar', writer, reader } : null;
}

function isPrimitiveSchema(schema: AvroSchema): schema is ScalarPlan['writer'] & { type: string } {
  return !('fullName' in schema) && !['array', 'map', 'union'].includes(schema.type);
}

function planEnum(writer: EnumSchema, reader: EnumSchema): Plan {
  if (!sharesName(writer, reader)) return refusal(writer, reader);
  const symbols = writer.symbols.map((symbol) => (reader.symbols.includes(symbol) ? symbol : reader.default));
  return { do: 'enum', symbols };
}

function planWriterUnion(writer: UnionSchema, reader: AvroSchema, made: Made): Plan {
  const inPlace = reader.type === 'union' && equivalentUnions(writer, reader) ? reader : null;
  const branches = writer.branches.map((branch, index) =>
    inPlace === null
      ? plan(branch, reader, null, made)
      : planBranch(branch, inPlace.branches[index] ?? null, inPlace, made),
  );
  return { do: 'union', branches };
}

/** `branch` is the reader's for what is written here, or null if it has none. */
function planBranch(writer: AvroSchema, branch: AvroSchema | null, reader: UnionSchema, made: Made): Plan {
  if (branch === null) return refusal(writer, reader);
  const union = unionForm(reader);
  if (branch.type === 'null' || union.form === 'plain') return plan(writer, branch, null, made);
  const kind = kindOf(branch);
  if (union.form === 'records') return plan(writer, branch, kind, made);
  return { do: 'tag', kind, value: plan(writer, branch, null, made) };
}

/**
 * The reader's branch of the same type and full name; for a record else one that its fields fit, rather of the same short
 * name; for an unnamed type else the first that the value can be promoted to. A record of another name fits only with the
 * very same fields: Java takes any branch that fields and defaults make up, so that a new kind would come out as an old
 * one whose fields all have defaults, and nobody would notice.
 */
function branchFor(writer: AvroSchema, { branches }: UnionSchema, made: Made): AvroSchema | null {
  if (isRecord(writer)) {
    const exact = branches.filter(isRecord).find((branch) => sharesFullName(writer, branch));
    if (exact !== undefined) return exact;
    const fitting = branches.filter(isRecord).filter((branch) => fitsRecord(writer, branch, made));
    const named = fitting.findLast((branch) => sharesName(writer, branch));
    return named ?? fitting.find((branch) => hasSameFields(writer, branch)) ?? null;
  }
  const same = branches.filter((branch) => branch.type === writer.type);
  // Among several branches a name counts with its namespace; where there is only one type to read, without.
  if ('fullName' in writer)
    return same.find((branch) => 'fullName' in branch && sharesFullName(writer, branch)) ?? null;
  return same[0] ?? branches.find((branch) => PROMOTIONS[writer.type]?.includes(branch.type)) ?? null;
}

function hasSameFields(writer: RecordSchema, reader: RecordSchema): boolean {
  const sources = sourcesOf(writer, reader);
  return sources.length === writer.fields.length && sources.every((source) => source !== null);
}

function fitsRecord(writer: RecordSchema, reader: RecordSchema, made: Made): boolean {
  const planned = planRecord(writer, reader, reader.name, made);
  return (
    planned.do === 'record' && planned.steps.every((step) => step.to === null || step.plan.do !== 'refuse')
  );
}

function planRecord(writer: RecordSchema, reader: RecordSchema, kind: string | null, made: Made): Plan {
  const byWriter = made.get(reader) ?? new Map<string, RecordPlan>();
  made.set(reader, byWriter);
  const key = `${writer.fullName} ${kind ?? ''}`;
  const known = byWriter.get(key);
  if (known !== undefined) return known;
  const sources = sourcesOf(writer, reader);
  const lacking = reader.fields.find(
    (field, index) => sources[index] === null && field.default === undefined,
  );
  if (lacking !== undefined)
    return { do: 'refuse', why: `${lacking.name} is not in what was written, and has no default` };
  const steps: Step[] = [];
  const fields = reader.fields.map(
    (field, index): PlannedField => ({ field, missing: sources[index] === null }),
  );
  const made_: RecordPlan = { do: 'record', name: reader.name, kind, steps, fields };
  byWriter.set(key, made_);
  for (const field of writer.fields) {
    const to = sources.indexOf(field);
    const target = reader.fields[to];
    if (target === undefined) steps.push({ to: null, name: field.name, skip: field.schema });
    else steps.push({ to, plan: plan(field.schema, target.schema, null, made) });
  }
  return made_;
}
