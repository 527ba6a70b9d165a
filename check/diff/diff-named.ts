import type { EnumSchema, FixedSchema, NamedSchema } from '#avro/model.ts';
import { namespaceOf } from '#avro/names.ts';
import { type Emit, NARROWER, type Place, RENAMED, SAME, WIDER } from '#check/diff/change.ts';
import { diffDocs } from '#check/diff/diff-docs.ts';
import { diffLogical } from '#check/diff/diff-scalars.ts';

/** The name, the namespace and the documentation of a type. */
export function diffNames(old: NamedSchema, now: NamedSchema, place: Place, emit: Emit): void {
  const nodes = [old, now];
  const at = { ...place, position: now.position };
  if (old.name !== now.name) {
    const known = now.aliases.includes(old.fullName);
    const message = `${old.fullName} is now called ${now.fullName}${known ? '' : ', and no alias says so'}`;
    emit(known ? 'TYPE_RENAMED' : 'TYPE_RENAMED_WITHOUT_ALIAS', at, {
      message,
      remedy: known
        ? 'Upgrade every reader before the first writer: readers of older versions do not know the new name.'
        : `Call it ${old.name} again, or add "aliases": ["${old.fullName}"].`,
      typescript: RENAMED,
      nodes,
    });
  } else if (old.fullName !== now.fullName) {
    const [from, to] = [old, now].map(({ fullName }) => namespaceOf(fullName) || 'no namespace');
    emit('NAMESPACE_CHANGED', at, {
      message: `${now.name} moved from ${from} to ${to}; readers with avsc go by the full name`,
      remedy: `Keep the namespace ${from}, or add "aliases": ["${old.fullName}"] and upgrade readers first.`,
      typescript: SAME,
      nodes,
    });
  }
  diffDocs(old, now, at, emit);
}

export function diffFixed(old: FixedSchema, now: FixedSchema, place: Place, emit: Emit): void {
  const nodes = [old, now];
  const at = { ...place, position: now.position };
  if (old.size !== now.size) {
    emit('FIXED_SIZE_CHANGED', at, {
      message: `${now.name} has ${now.size} bytes, it had ${old.size}`,
      remedy: 'Add a new field of a new fixed, with a default, and remove the old one when nobody reads it.',
      typescript: SAME,
      nodes,
    });
  }
  diffLogical(old, now, at, emit);
}

export function diffEnums(old: EnumSchema, now: EnumSchema, place: Place, emit: Emit): void {
  const at = { ...place, position: now.position };
  const added = now.symbols.filter((symbol) => !old.symbols.includes(symbol));
  const removed = old.symbols.filter((symbol) => !now.symbols.includes(symbol));
  if (added.length > 0) {
    const caught = old.default !== null;
    emit(caught ? 'ENUM_SYMBOL_ADDED' : 'ENUM_SYMBOL_ADDED_WITHOUT_DEFAULT', at, {
      message: caught
        ? `${now.name} has ${list(added)} now; readers of older versions read ${old.default} instead`
        : `${now.name} has ${list(added)} now; readers of older versions have no default to read instead`,
      remedy: caught
        ? 'Nothing to correct; deploy consumers that should tell them apart first.'
        : `Release ${now.name} with a "default" symbol first; add ${list(added)} when every reader has it.`,
      typescript: WIDER,
      nodes: [old],
    });
  }
  if (removed.length > 0) {
    const caught = now.default !== null;
    emit(caught ? 'ENUM_SYMBOL_REMOVED' : 'ENUM_SYMBOL_REMOVED_WITHOUT_DEFAULT', at, {
      message: caught
        ? `${now.name} lost ${list(removed)}; records that hold it are read as ${now.default}`
        : `${now.name} lost ${list(removed)}; records that hold it cannot be read`,
      remedy: caught
        ? `Keep ${list(removed)} as long as a topic holds records with it.`
        : `Keep ${list(removed)}, or give ${now.name} a "default" symbol.`,
      typescript: NARROWER,
      nodes: [now],
    });
  }
  const kept = old.symbols.filter((symbol) => now.symbols.includes(symbol));
  if (kept.join() !== now.symbols.filter((symbol) => old.symbols.includes(symbol)).join()) {
    const message = `the symbols of ${now.name} stand in another order`;
    emit('ENUM_REORDERED', at, { message, remedy: 'Nothing to correct.', typescript: SAME, nodes: [] });
  }
  enumDefault(old, now, at, emit);
}

function enumDefault(old: EnumSchema, now: EnumSchema, at: Place, emit: Emit): void {
  const facts = { typescript: SAME, nodes: [old, now] };
  if (old.default === now.default) return;
  if (old.default === null) {
    const message = `${now.name} reads unknown symbols as ${now.default}`;
    emit('ENUM_DEFAULT_ADDED', at, { message, remedy: 'Nothing to correct.', ...facts });
  } else if (now.default === null) {
    const message = `${now.name} refuses unknown symbols now; it read them as ${old.default}`;
    emit('ENUM_DEFAULT_REMOVED', at, { message, remedy: `Keep "default": "${old.default}".`, ...facts });
  } else {
    const message = `${now.name} reads unknown symbols as ${now.default}; it read them as ${old.default}`;
    emit('ENUM_DEFAULT_CHANGED', at, { message, remedy: `Keep "default": "${old.default}".`, ...facts });
  }
}

function list(symbols: readonly string[]): string {
  return symbols.join(', ');
}
