import type { AvroSchema, NamedSchema, RecordSchema } from '#avro/model.ts';
import { isRecord } from '#avro/union-form.ts';
import type { Change, Compare, Emit, Place } from '#check/diff/change.ts';
import { diffFields } from '#check/diff/diff-fields.ts';
import { diffEnums, diffFixed, diffNames } from '#check/diff/diff-named.ts';
import { diffScalars } from '#check/diff/diff-scalars.ts';
import { diffUnions } from '#check/diff/diff-unions.ts';

/**
 * Everything in which a new schema differs from an old one, in the order of the new schema. Fields and types are
 * paired as Avro pairs them: by name, else by alias; a field whose name was changed without an alias is paired where
 * type and place leave no doubt.
 */
export function diffSchemas(old: NamedSchema, now: NamedSchema): readonly Change[] {
  const changes: Change[] = [];
  const emit: Emit = (rule, place, facts) => {
    const { at, position, rootField, nested } = place;
    changes.push({ rule, at, position, rootField, nested, ...facts });
  };
  const seen = new Map<AvroSchema, Set<AvroSchema>>();
  const isNew = (from: AvroSchema, to: AvroSchema): boolean => {
    const done = seen.get(to) ?? new Set();
    seen.set(to, done);
    if (done.has(from)) return false;
    done.add(from);
    return true;
  };
  const compare: Compare = (from, to, place) => {
    if (from.type === 'union' || to.type === 'union') return diffUnions(from, to, place, compare, emit);
    if (from.type === 'array' && to.type === 'array')
      return compare(from.items, to.items, inside(place, '[]', to.items));
    if (from.type === 'map' && to.type === 'map')
      return compare(from.values, to.values, inside(place, '{}', to.values));
    if (!('fullName' in from) || !('fullName' in to)) return diffScalars(from, to, place, emit);
    if (!isNew(from, to)) return;
    if (from.type === 'enum' && to.type === 'enum') {
      diffNames(from, to, place, emit);
      return diffEnums(from, to, place, emit);
    }
    if (from.type === 'fixed' && to.type === 'fixed') {
      diffNames(from, to, place, emit);
      return diffFixed(from, to, place, emit);
    }
    if (!isRecord(from) || !isRecord(to)) return diffScalars(from, to, place, emit);
    diffNames(from, to, place, emit);
    diffFields(from, to, placeOfRecord(to, place), compare, emit);
  };
  compare(old, now, { at: now.name, position: now.position, rootField: null, nested: false });
  return changes;
}

function inside(place: Place, suffix: string, schema: AvroSchema): Place {
  return { ...place, at: `${place.at}${suffix}`, position: schema.position, nested: true };
}

/** A type of another file has a name that people know; one that stands here is reached from here. */
function placeOfRecord(record: RecordSchema, place: Place): Place {
  const near = record.position.file === place.position.file;
  return { ...place, at: near ? place.at : record.name, position: record.position };
}
