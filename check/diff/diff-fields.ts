import { writeJson } from '#avro/json-tree.ts';
import type { Field, RecordSchema } from '#avro/model.ts';
import { schemaText } from '#avro/schema-text.ts';
import {
  type Compare,
  type Emit,
  FIELD_LESS,
  FIELD_MORE,
  FIELD_MORE_REQUIRED,
  MAY_LEAVE_OUT,
  MUST_GIVE,
  type Place,
  RENAMED,
  SAME,
} from '#check/diff/change.ts';
import { diffDocs } from '#check/diff/diff-docs.ts';

interface Pair {
  readonly old: Field;
  readonly now: Field;
  readonly by: 'name' | 'alias' | 'guess';
}

export function diffFields(
  old: RecordSchema,
  now: RecordSchema,
  place: Place,
  compare: Compare,
  emit: Emit,
): void {
  const pairs = pairFields(old, now);
  for (const field of now.fields) {
    const at = placeOf(field, place);
    const pair = pairs.find((each) => each.now === field);
    if (pair === undefined) {
      added(field, at, emit);
      continue;
    }
    if (pair.by !== 'name') renamed(pair, at, emit);
    aliases(pair, old, now, at, emit);
    diffDocs(pair.old, field, at, emit);
    defaults(pair, at, emit);
    compare(pair.old.schema, field.schema, { ...at, position: field.schema.position });
  }
  for (const field of old.fields) {
    if (!pairs.some((each) => each.old === field)) removed(field, now, place, emit);
  }
  const order = pairs.map((pair) => old.fields.indexOf(pair.old));
  if (order.some((index, at) => at > 0 && index < (order[at - 1] ?? 0))) {
    const message = `the fields of ${now.name} stand in another order`;
    emit('FIELDS_REORDERED', place, { message, remedy: 'Nothing to correct.', typescript: SAME, nodes: [] });
  }
}

/** In the order of the new fields. */
function pairFields(old: RecordSchema, now: RecordSchema): readonly Pair[] {
  const free = new Set(old.fields);
  const found = new Map<Field, Pair>();
  const pass = (by: Pair['by'], match: (field: Field) => Field | undefined): void => {
    for (const field of now.fields) {
      if (found.has(field)) continue;
      const pair = match(field);
      if (pair === undefined || !free.delete(pair)) continue;
      found.set(field, { old: pair, now: field, by });
    }
  };
  pass('name', (field) => old.fields.find(({ name }) => name === field.name));
  pass('alias', (field) => [...free].find(({ name }) => field.aliases.includes(name)));
  // One field went and one came with the same type, in the same place: people call that a new name.
  pass('guess', (field) => {
    const other = old.fields[now.fields.indexOf(field)];
    const same =
      other !== undefined && free.has(other) && schemaText(other.schema) === schemaText(field.schema);
    return same && old.fields.length === now.fields.length ? other : undefined;
  });
  return now.fields.flatMap((field) => found.get(field) ?? []);
}

function placeOf(field: Field, place: Place): Place {
  return {
    at: `${place.at}.${field.name}`,
    position: field.position,
    rootField: place.rootField ?? field.name,
    nested: place.rootField !== null,
  };
}

function added(field: Field, at: Place, emit: Emit): void {
  const optional = field.default !== undefined;
  const suggestion =
    field.schema.type === 'union' && field.schema.branches[0]?.type === 'null' ? ' null' : '';
  emit(optional ? 'FIELD_ADDED' : 'FIELD_ADDED_WITHOUT_DEFAULT', at, {
    message: optional
      ? `${field.name} is new; older records are read with its default`
      : `${field.name} is new and has no default, so older records cannot be read`,
    remedy: optional
      ? 'Nothing to correct.'
      : `Give ${field.name} a default${suggestion && ': "default": null'}.`,
    typescript: optional ? FIELD_MORE : FIELD_MORE_REQUIRED,
    nodes: [field],
  });
}

function removed(field: Field, now: RecordSchema, place: Place, emit: Emit): void {
  const had = field.default !== undefined;
  const rootField = place.rootField ?? field.name;
  const at = {
    at: `${place.at}.${field.name}`,
    position: now.position,
    rootField,
    nested: place.rootField !== null,
  };
  emit(had ? 'FIELD_REMOVED' : 'FIELD_REMOVED_WITHOUT_DEFAULT', at, {
    message: had
      ? `${field.name} was removed; readers of older versions see its default`
      : `${field.name} was removed and had no default, so readers of older versions cannot read`,
    remedy: had
      ? 'Nothing to correct on the wire; code that uses the field has to go first.'
      : `Keep ${field.name}; or release it with a default first, and remove it when every reader has that.`,
    typescript: FIELD_LESS,
    nodes: [field],
  });
}

function renamed({ old, now, by }: Pair, at: Place, emit: Emit): void {
  const nodes = [old, now];
  if (by === 'guess') {
    emit('FIELD_RENAMED_WITHOUT_ALIAS', at, {
      message: `${old.name} is now called ${now.name}, and no alias says so: its values would be lost`,
      remedy: `Call it ${old.name} again, or add "aliases": ["${old.name}"].`,
      typescript: RENAMED,
      nodes,
    });
    return;
  }
  emit('FIELD_RENAMED', at, {
    message: `${old.name} is now called ${now.name}; readers of older versions do not find it`,
    remedy: 'Upgrade every reader before the first writer.',
    typescript: RENAMED,
    nodes,
  });
  if (old.default === undefined) return;
  emit('ALIAS_HIDES_VALUE', at, {
    message: `readers of older versions see the default of ${old.name} instead of what ${now.name} holds`,
    remedy: `Keep the name ${old.name}; or add ${now.name} beside it, and write both until every reader has it.`,
    typescript: SAME,
    nodes: [],
  });
}

/** An alias says which records a field can be read from: to lose one, or to give its name away, loses values. */
function aliases(pair: Pair, old: RecordSchema, now: RecordSchema, at: Place, emit: Emit): void {
  const lost = pair.old.aliases.filter(
    (alias) => alias !== pair.now.name && !pair.now.aliases.includes(alias),
  );
  const reused = [...pair.old.aliases, ...pair.now.aliases].filter((alias) => {
    const taken = now.fields.some(({ name }) => name === alias && name !== pair.now.name);
    return taken && !old.fields.some(({ name }) => name === alias && name !== pair.old.name);
  });
  const facts = { typescript: SAME, nodes: [] };
  for (const alias of new Set(reused)) {
    emit('ALIAS_REUSED', at, {
      message: `${alias} is a field of its own now, and was the former name of ${pair.now.name}: older records have one value for both`,
      remedy: `Call the new field something else than ${alias}.`,
      ...facts,
      nodes: [pair.old, pair.now],
    });
  }
  for (const alias of lost) {
    if (reused.includes(alias)) continue;
    emit('ALIAS_REMOVED', at, {
      message: `${pair.now.name} lost the alias ${alias}: records written under that name lose the value`,
      remedy: `Keep "${alias}" in "aliases" of ${pair.now.name}.`,
      ...facts,
    });
  }
}

function defaults({ old, now }: Pair, at: Place, emit: Emit): void {
  const [from, to] = [old.default, now.default];
  if (from === undefined && to === undefined) return;
  if (from === undefined) {
    emit('DEFAULT_ADDED', at, {
      message: `${now.name} got a default`,
      remedy: 'Nothing to correct.',
      typescript: MAY_LEAVE_OUT,
      nodes: [],
    });
  } else if (to === undefined) {
    emit('DEFAULT_REMOVED', at, {
      message: `${now.name} lost its default: records without the field cannot be read any more`,
      remedy: `Keep "default": ${writeJson(from.json)}.`,
      typescript: MUST_GIVE,
      nodes: [old, now],
    });
  } else if (writeJson(from.json) !== writeJson(to.json)) {
    emit('DEFAULT_CHANGED', at, {
      message: `the default of ${now.name} is another: the same records, and the same code, give another value`,
      remedy: `Keep "default": ${writeJson(from.json)}.`,
      typescript: SAME,
      nodes: [],
    });
  }
}
