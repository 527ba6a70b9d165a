import type { AvroSchema, RecordSchema } from '#avro/model.ts';
import { sharesName, sourcesOf } from '#avro/reader-names.ts';

/**
 * True if two unions say the same, branch by branch: types, short names, sizes, symbols and fields, each in the same
 * order. Then Avro Java reads a branch as the one in the same place (`Resolver.unionEquiv`), and namespaces do not count.
 */
export function equivalentUnions(writer: AvroSchema, reader: AvroSchema): boolean {
  return equivalent(writer, reader, new Map());
}

/** The pairs of records that are taken for equivalent, as long as nothing inside them says otherwise. */
type Taken = Map<RecordSchema, Map<RecordSchema, boolean>>;

function equivalent(writer: AvroSchema, reader: AvroSchema, taken: Taken): boolean {
  if (writer === reader) return true;
  switch (writer.type) {
    case 'array':
      return reader.type === 'array' && equivalent(writer.items, reader.items, taken);
    case 'map':
      return reader.type === 'map' && equivalent(writer.values, reader.values, taken);
    case 'union':
      return (
        reader.type === 'union' &&
        writer.branches.length === reader.branches.length &&
        writer.branches.every((branch, index) => pairFits(branch, reader.branches[index], taken))
      );
    case 'fixed':
      return reader.type === 'fixed' && sharesName(writer, reader) && writer.size === reader.size;
    case 'enum':
      return (
        reader.type === 'enum' &&
        sharesName(writer, reader) &&
        writer.symbols.length === reader.symbols.length &&
        writer.symbols.every((symbol, index) => symbol === reader.symbols[index])
      );
    case 'record':
    case 'error':
      return (
        (reader.type === 'record' || reader.type === 'error') && equivalentRecords(writer, reader, taken)
      );
    default:
      return writer.type === reader.type;
  }
}

function pairFits(writer: AvroSchema, reader: AvroSchema | undefined, taken: Taken): boolean {
  return reader !== undefined && equivalent(writer, reader, taken);
}

function equivalentRecords(writer: RecordSchema, reader: RecordSchema, taken: Taken): boolean {
  if (!sharesName(writer, reader)) return false;
  const byReader = taken.get(writer) ?? new Map<RecordSchema, boolean>();
  taken.set(writer, byReader);
  const known = byReader.get(reader);
  if (known !== undefined) return known;
  byReader.set(reader, true);
  const sources = sourcesOf(writer, reader);
  const fits =
    writer.fields.length === reader.fields.length &&
    reader.fields.every(({ schema }, index) => {
      const source = writer.fields[index];
      return source !== undefined && sources[index] === source && equivalent(source.schema, schema, taken);
    });
  byReader.set(reader, fits);
  return fits;
}
