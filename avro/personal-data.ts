import type { Json } from '#avro/json-form.ts';
import type { AvroSchema, Field, SchemaJson } from '#avro/model.ts';
import { unionForm } from '#avro/union-form.ts';

/** What stands in place of a value that is about a person. */
export const MASK = '•••';

/** What a value can be tagged as, the gravest first. */
export const PERSONAL_TAGS = ['HEALTH', 'PII', 'SENSITIVE'] as const;
export type PersonalTag = (typeof PERSONAL_TAGS)[number];

const TAGS = ['tags', 'confluent:tags'];

/** Whether attributes say that a value is about a person: `"pii": true`, `"health": true`, or a tag of that name. */
export function isPersonal(attributes: ReadonlyMap<string, SchemaJson>): boolean {
  return ownTags(attributes).length > 0;
}

function ownTags(attributes: ReadonlyMap<string, SchemaJson>): readonly PersonalTag[] {
  const named = TAGS.flatMap((name) => tagsOf(attributes.get(name)));
  return PERSONAL_TAGS.filter((tag) => {
    return attributes.get(tag.toLowerCase()) === true || named.includes(tag.toLowerCase());
  });
}

/** The gravest tag of a field, of its type, or of anything in it; null for none. */
export function personalTag({
  attributes,
  schema,
}: Pick<Field, 'attributes' | 'schema'>): PersonalTag | null {
  const found = new Set(ownTags(attributes));
  collectTags(schema, found, new Set());
  return PERSONAL_TAGS.find((tag) => found.has(tag)) ?? null;
}

/** @param seen what was looked into already: types may hold themselves */
function collectTags(schema: AvroSchema, found: Set<PersonalTag>, seen: Set<AvroSchema>): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  for (const tag of ownTags(schema.attributes)) found.add(tag);
  switch (schema.type) {
    case 'record':
    case 'error':
      for (const field of schema.fields) {
        for (const tag of ownTags(field.attributes)) found.add(tag);
        collectTags(field.schema, found, seen);
      }
      return;
    case 'array':
      collectTags(schema.items, found, seen);
      return;
    case 'map':
      collectTags(schema.values, found, seen);
      return;
    case 'union':
      for (const branch of schema.branches) collectTags(branch, found, seen);
      return;
    default:
  }
}

function tagsOf(json: SchemaJson | undefined): readonly string[] {
  const list = Array.isArray(json) ? json : [json];
  return list.flatMap((tag) => (typeof tag === 'string' ? [tag.toLowerCase()] : []));
}

interface Masked {
  readonly json: Json;
  /** How many values were replaced. */
  readonly masked: number;
}

type Members = { readonly [key: string]: Json };

/** The JSON form of a value with what its schema tags as personal replaced; null stays null. */
export function maskPersonal(schema: AvroSchema, json: Json): Masked {
  if (json === null) return { json, masked: 0 };
  if (isPersonal(schema.attributes)) return { json: MASK, masked: 1 };
  switch (schema.type) {
    case 'record':
    case 'error':
      return ofMembers(json as Members, (name) => {
        const field = schema.fields.find((each) => each.name === name);
        if (field === undefined) return null;
        return isPersonal(field.attributes) ? 'personal' : field.schema;
      });
    case 'array':
      return ofList(schema.items, json as readonly Json[]);
    case 'map':
      return ofMembers(json as Members, () => schema.values);
    case 'union': {
      const union = unionForm(schema);
      if (union.form === 'plain')
        return union.branch === null ? { json, masked: 0 } : maskPersonal(union.branch, json);
      const branch = union.kinds.get(String((json as Members).kind));
      if (branch === undefined) return { json: MASK, masked: 1 };
      if (union.form === 'records') return maskPersonal(branch, json);
      return ofMembers(json as Members, (name) => (name === 'value' ? branch : null));
    }
    default:
      return { json, masked: 0 };
  }
}

function ofList(items: AvroSchema, list: readonly Json[]): Masked {
  const each = list.map((item) => maskPersonal(items, item));
  return { json: each.map(({ json }) => json), masked: each.reduce((sum, { masked }) => sum + masked, 0) };
}

/** @param schemaOf the schema of a member; null for one that is none of the data, such as `kind` */
function ofMembers(members: Members, schemaOf: (name: string) => AvroSchema | 'personal' | null): Masked {
  let masked = 0;
  const entries = Object.entries(members).map(([name, json]): [string, Json] => {
    const schema = schemaOf(name);
    if (schema === null || json === null) return [name, json];
    const inner = schema === 'personal' ? { json: MASK, masked: 1 } : maskPersonal(schema, json);
    masked += inner.masked;
    return [name, inner.json];
  });
  return { json: Object.fromEntries(entries), masked };
}
