import type { Found } from '#avro/lint/finding.ts';
import type { SchemaRule } from '#avro/lint/rules.ts';
import type { Walk } from '#avro/lint/walk.ts';
import type { NamedSchema } from '#avro/model.ts';

/** Docs, names, and what enums need to evolve. */
export function nameFindings({ named, fields }: Walk): readonly Found<SchemaRule>[] {
  const found: Found<SchemaRule>[] = named.flatMap(ofType);
  for (const { field, at } of fields) {
    const { position, name } = field;
    if (isBlank(field.doc)) {
      const message = `nobody says what ${at} means`;
      const fix = 'Add "doc" to the field: meaning, unit, an example.';
      found.push({ rule: 'missing-doc', position, at, message, fix });
    }
    if (!isPortable(name)) found.push({ rule: 'name-not-portable', position, at, ...unportable(name) });
  }
  return found;
}

function ofType(type: NamedSchema): readonly Found<SchemaRule>[] {
  const { position, name: at } = type;
  const found: Found<SchemaRule>[] = [];
  if (isBlank(type.doc) && type.type !== 'fixed') {
    const message = `nobody says what ${at} is`;
    found.push({ rule: 'missing-doc', position, at, message, fix: `Add "doc" to the ${type.type}.` });
  }
  const symbols = type.type === 'enum' ? type.symbols : [];
  for (const name of [...type.fullName.split('.'), ...symbols]) {
    if (!isPortable(name)) found.push({ rule: 'name-not-portable', position, at, ...unportable(name) });
  }
  if (type.type === 'enum' && type.default === null && symbols.length > 0) {
    const message = `${at} has no default, so a reader refuses a record with a symbol that is new to it`;
    const fix = 'Add a symbol such as UNKNOWN, and "default": "UNKNOWN".';
    found.push({ rule: 'enum-without-default', position, at, message, fix });
  }
  return found;
}

function isBlank(doc: string | null): boolean {
  return doc === null || doc.trim() === '';
}

/** The names of the specification (Avro 1.12, "Names"). */
function isPortable(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

function unportable(name: string): { message: string; fix: string } {
  const message = `${name} has letters outside A to Z, which the specification does not allow and only Java reads`;
  return { message, fix: 'Rename it with A to Z, digits and underscores; keep the old name as an alias.' };
}
