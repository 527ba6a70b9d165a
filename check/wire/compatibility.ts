import type {
  AvroSchema,
  EnumSchema,
  Field,
  FixedSchema,
  NamedSchema,
  RecordSchema,
  UnionSchema,
} from '#avro/model.ts';
import { PROMOTIONS } from '#avro/resolve.ts';
import { isRecord } from '#avro/union-form.ts';

/** In the words of Java's `SchemaCompatibility.SchemaIncompatibilityType` (Avro 1.12). */
export type IncompatibilityType =
  | 'NAME_MISMATCH'
  | 'FIXED_SIZE_MISMATCH'
  | 'MISSING_ENUM_SYMBOLS'
  | 'READER_FIELD_MISSING_DEFAULT_VALUE'
  | 'TYPE_MISMATCH'
  | 'MISSING_UNION_BRANCH';

export interface Incompatibility {
  readonly type: IncompatibilityType;
  /** JSON pointer into the reader, as Java writes it: below a union it counts the branches of the writer. */
  readonly location: string;
  /** In a sentence without its full stop. */
  readonly message: string;
  /** Where it stands in the reader: the node that the message is about. */
  readonly reader: AvroSchema | Field;
  /** What the reader was compared with; of a missing branch, the branch. */
  readonly writer: AvroSchema;
}

export type WireVerdict =
  | { readonly verdict: 'COMPATIBLE'; readonly incompatibilities: readonly [] }
  | { readonly verdict: 'INCOMPATIBLE'; readonly incompatibilities: readonly Incompatibility[] }
  /** A reader's field has two fields of the writer to read from; Java throws, and registries then refuse. */
  | { readonly verdict: 'AMBIGUOUS'; readonly field: Field; readonly message: string };

/**
 * Whether every value written with `writer` can be read as `reader`, as Avro Java 1.12 judges
 * (`SchemaCompatibility.checkReaderWriterCompatibility`), oddities included, because registries judge with it: logical
 * types count for nothing, and a result for a pair of named types is computed once, with the place of its first use.
 */
export function wireVerdict(reader: AvroSchema, writer: AvroSchema): WireVerdict {
  try {
    const found = new Comparison().compare(reader, writer, []);
    return found.length === 0
      ? { verdict: 'COMPATIBLE', incompatibilities: [] }
      : { verdict: 'INCOMPATIBLE', incompatibilities: found };
  } catch (error) {
    if (error instanceof Ambiguity)
      return { verdict: 'AMBIGUOUS', field: error.field, message: error.message };
    throw error;
  }
}

/** The writer's field that a reader's field is read from, or null. @throws Ambiguity if there are several */
function writerFieldOf(reader: Field, writer: RecordSchema): Field | null {
  const names = [reader.name, ...reader.aliases];
  const found = names.flatMap((name) => writer.fields.filter((field) => field.name === name));
  if (found.length > 1) throw new Ambiguity(reader, found);
  return found[0] ?? null;
}

/** Ends a comparison from within; it never leaves this file. */
class Ambiguity extends Error {
  readonly field: Field;
  constructor(field: Field, writers: readonly Field[]) {
    super(`${field.name} could be read from each of ${writers.map(({ name }) => name).join(', ')}`);
    this.field = field;
  }
}

type Location = readonly string[];
type Found = readonly Incompatibility[];

class Comparison {
  /** By reader, then writer; what is under way counts as compatible, which ends recursion. */
  readonly #known = new Map<AvroSchema, Map<AvroSchema, Found>>();

  compare(reader: AvroSchema, writer: AvroSchema, location: Location): Found {
    const known = this.#known.get(reader) ?? new Map<AvroSchema, Found>();
    this.#known.set(reader, known);
    const done = known.get(writer);
    if (done !== undefined) return done;
    known.set(writer, []);
    const found = this.#compare(reader, writer, location);
    known.set(writer, found);
    return found;
  }

  #compare(reader: AvroSchema, writer: AvroSchema, location: Location): Found {
    if (reader.type === 'union' && writer.type === 'union') return this.#unions(reader, writer, location);
    if (writer.type === 'union')
      return writer.branches.flatMap((branch, index) =>
        this.compare(reader, branch, [...location, String(index)]),
      );
    if (reader.type === 'union') {
      const fits = reader.branches.some((branch) => this.compare(branch, writer, []).length === 0);
      return fits ? [] : [missingBranch(reader, writer, location)];
    }
    if (reader.type === 'array' && writer.type === 'array')
      return this.compare(reader.items, writer.items, [...location, 'items']);
    if (reader.type === 'map' && writer.type === 'map')
      return this.compare(reader.values, writer.values, [...location, 'values']);
    if (reader.type === 'fixed' && writer.type === 'fixed')
      return [...names(reader, writer, location), ...sizes(reader, writer, location)];
    if (reader.type === 'enum' && writer.type === 'enum')
      return [...names(reader, writer, location), ...symbols(reader, writer, location)];
    if (isRecord(reader) && isRecord(writer))
      return [...names(reader, writer, location), ...this.#fields(reader, writer, location)];
    if (reader.type === writer.type || PROMOTIONS[writer.type]?.includes(reader.type) === true) return [];
    const message = `${describe(writer)} cannot be read as ${describe(reader)}`;
    return [{ type: 'TYPE_MISMATCH', location: pointer(location), message, reader, writer }];
  }

  /** Each branch of the writer for itself; why it does not fit stays inside. */
  #unions(reader: UnionSchema, writer: UnionSchema, location: Location): Found {
    return writer.branches.flatMap((branch, index) =>
      this.compare(reader, branch, []).length === 0
        ? []
        : [missingBranch(reader, branch, [...location, String(index)])],
    );
  }

  #fields(reader: RecordSchema, writer: RecordSchema, location: Location): Found {
    return reader.fields.flatMap((field, index): Found => {
      const place = [...location, 'fields', String(index)];
      const from = writerFieldOf(field, writer);
      if (from !== null) return this.compare(field.schema, from.schema, [...place, 'type']);
      if (field.default !== undefined) return [];
      // For an enum with a default of its own Java compares the field's type with the whole record.
      if (field.schema.type === 'enum' && field.schema.default !== null)
        return this.compare(field.schema, writer, [...place, 'type']);
      const message = `${field.name} is not written, and has no default`;
      const type = 'READER_FIELD_MISSING_DEFAULT_VALUE';
      return [{ type, location: pointer(place), message, reader: field, writer }];
    });
  }
}

function missingBranch(reader: UnionSchema, writer: AvroSchema, location: Location): Incompatibility {
  const message = `no branch of the union reads ${describe(writer)}`;
  return { type: 'MISSING_UNION_BRANCH', location: pointer(location), message, reader, writer };
}

function names(reader: NamedSchema, writer: NamedSchema, location: Location): Found {
  if (reader.name === writer.name || reader.aliases.includes(writer.fullName)) return [];
  const message = `${reader.fullName} is not called ${writer.fullName}, and has no alias of that name`;
  return [{ type: 'NAME_MISMATCH', location: pointer([...location, 'name']), message, reader, writer }];
}

function sizes(reader: FixedSchema, writer: FixedSchema, location: Location): Found {
  if (reader.size === writer.size) return [];
  const message = `${writer.size} bytes are written, ${reader.size} are read`;
  return [{ type: 'FIXED_SIZE_MISMATCH', location: pointer([...location, 'size']), message, reader, writer }];
}

function symbols(reader: EnumSchema, writer: EnumSchema, location: Location): Found {
  const missing = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol));
  const caught = reader.default !== null && reader.symbols.includes(reader.default);
  if (missing.length === 0 || caught) return [];
  const message = `${reader.name} has no ${missing.join(', ')}, and no default`;
  return [
    { type: 'MISSING_ENUM_SYMBOLS', location: pointer([...location, 'symbols']), message, reader, writer },
  ];
}

function describe(schema: AvroSchema): string {
  return 'fullName' in schema ? schema.fullName : schema.type;
}

/** RFC 6901. Java has `/` for the whole. */
function pointer(location: Location): string {
  return `/${location.map((token) => token.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
}
