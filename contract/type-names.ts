import type { AvroSchema, NamedSchema, RecordSchema } from '#avro/model.ts';
import { type Problem, problemsError } from '#avro/problems.ts';
import { isRecord, unionForm } from '#avro/union-form.ts';

/** What the generated `logical-types.ts` exports, sorted: no type of a contract can be called so. */
export const LOGICAL_TYPE_NAMES = [
  'Decimal',
  'Duration',
  'IsoDate',
  'LocalTimestampMicros',
  'LocalTimestampMillis',
  'LocalTimestampNanos',
  'TimeMicros',
  'TimeMillis',
  'TimestampMicros',
  'TimestampNanos',
  'Uuid',
] as const;

/** How a named type is used: as it is, or as a branch of a union of records, where it has `kind`. */
export type Use = 'plain' | 'branch';

export interface NamedUse {
  readonly schema: NamedSchema;
  readonly use: Use;
}

/** Every named type that a root uses, in order of first use, each way that it is used. */
export function namedUses(root: RecordSchema): readonly NamedUse[] {
  const found = new Map<string, NamedUse>();
  const visit = (schema: AvroSchema, use: Use): void => {
    if ('fullName' in schema) {
      const key = `${use} ${schema.fullName}`;
      if (found.has(key)) return;
      found.set(key, { schema, use });
    }
    if (isRecord(schema)) for (const field of schema.fields) visit(field.schema, 'plain');
    if (schema.type === 'array') visit(schema.items, 'plain');
    if (schema.type === 'map') visit(schema.values, 'plain');
    if (schema.type !== 'union') return;
    const { form } = unionForm(schema);
    for (const branch of schema.branches) visit(branch, form === 'records' ? 'branch' : 'plain');
  };
  visit(root, 'plain');
  return [...found.values()];
}

export type TypeNames = (schema: NamedSchema, use: Use) => string;

/**
 * The TypeScript name of each named type: its short name, or the whole name in PascalCase where the short one would mean
 * two things. A record that is used both ways is `Tagged…` as a branch. Names do not depend on the order of fields.
 * @throws ZonerError SCHEMA_INVALID if whole names mean two things as well
 */
export function typeNames(uses: readonly NamedUse[]): TypeNames {
  const { names, problems } = judgeTypeNames(uses);
  if (problems.length > 0) throw problemsError('SCHEMA_INVALID', problems);
  return names;
}

/** The same, with what is wrong as a value. */
export function judgeTypeNames(uses: readonly NamedUse[]): {
  readonly names: TypeNames;
  readonly problems: readonly (Problem & { readonly schema: NamedSchema })[];
} {
  const schemas = [...new Set(uses.map(({ schema }) => schema))];
  const both = new Set(schemas.filter((schema) => uses.filter((use) => use.schema === schema).length > 1));
  const printed = (schema: NamedSchema, base: string): readonly string[] => {
    const names = both.has(schema) ? [base, `Tagged${base}`] : [base];
    return isRecord(schema) ? names.flatMap((name) => [name, `${name}Input`]) : names;
  };
  const short = new Map(schemas.map((schema) => [schema, pascalCase(schema.name)]));
  const unclear = new Set(clashes(short, printed).flatMap(({ between }) => between));
  const bases = new Map(
    [...short].map(([schema, base]) => [schema, unclear.has(schema) ? wholeName(schema) : base]),
  );
  const problems = clashes(bases, printed).flatMap(({ name, between }) => {
    const schema = between.at(-1);
    const names = between.map(({ fullName }) => fullName).join(' and ');
    const message = `${names} would both be ${name} in TypeScript; rename one`;
    return schema === undefined ? [] : [{ schema, position: schema.position, message }];
  });
  const names: TypeNames = (schema, use) => {
    const base = bases.get(schema) ?? pascalCase(schema.name);
    return use === 'branch' && both.has(schema) ? `Tagged${base}` : base;
  };
  return { names, problems };
}

interface Clash {
  readonly name: string;
  /** The types that would print this name; one alone if the name is reserved. */
  readonly between: readonly NamedSchema[];
}

/** The names that two types would print, or that generated files need for something else. */
function clashes(
  bases: ReadonlyMap<NamedSchema, string>,
  printed: (schema: NamedSchema, base: string) => readonly string[],
): readonly Clash[] {
  const owners = new Map<string, NamedSchema[]>();
  for (const [schema, base] of bases) {
    for (const name of printed(schema, base)) owners.set(name, [...(owners.get(name) ?? []), schema]);
  }
  const found = new Map<string, Clash>();
  for (const [name, between] of owners) {
    // Two types that share a name share their write types' too: once is enough.
    const pair = between.map(({ fullName }) => fullName).join();
    if ((between.length > 1 || RESERVED.has(name)) && !found.has(pair)) found.set(pair, { name, between });
  }
  return [...found.values()];
}

/** What `types.ts` imports, and the one global type that it names without `globalThis`. */
const RESERVED: ReadonlySet<string> = new Set([...LOGICAL_TYPE_NAMES, 'ContractValue', 'Uint8Array']);

function wholeName({ fullName }: NamedSchema): string {
  const name = pascalCase(fullName);
  return RESERVED.has(name) ? `${name}Type` : name;
}

/** ASCII, and such that json-schema-to-typescript, which makes identifiers of its own, prints it as it is. */
function pascalCase(name: string): string {
  const joined = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .split(/[^\p{L}\p{Nd}]+/u)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('')
    .replace(/[^A-Za-z0-9]/gu, (char) => `U${char.codePointAt(0)?.toString(16).toUpperCase()}`)
    .replace(/\d[a-z]/g, (pair) => pair.toUpperCase());
  return /^[A-Z]/.test(joined) ? joined : `T${joined}`;
}
