import { writeJson } from '#avro/json-tree.ts';
import type { SchemaJson } from '#avro/model.ts';
import { type Emit, type Place, SAME } from '#check/diff/change.ts';

interface Documented {
  readonly doc: string | null;
  readonly attributes: ReadonlyMap<string, SchemaJson>;
}

/** What no reader of bytes sees: the documentation, and attributes that Avro does not know. */
export function diffDocs(old: Documented, now: Documented, at: Place, emit: Emit): void {
  const facts = { remedy: 'Nothing to correct.', typescript: SAME, nodes: [] };
  if (old.doc !== now.doc) emit('DOC_CHANGED', at, { message: 'the documentation changed', ...facts });
  const names = new Set([...old.attributes.keys(), ...now.attributes.keys()]);
  const changed = [...names].filter((name) => {
    const [from, to] = [old, now].map(({ attributes }) => attributes.get(name));
    return !READ.has(name) && text(from) !== text(to);
  });
  if (changed.length === 0) return;
  emit('ATTRIBUTES_CHANGED', at, { message: `the attributes ${changed.join(', ')} changed`, ...facts });
}

/** What has rules of its own. */
const READ = new Set(['logicalType', 'precision', 'scale']);

function text(json: SchemaJson | undefined): string | null {
  return json === undefined ? null : writeJson(json);
}
