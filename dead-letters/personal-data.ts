import type { Json } from '#avro/json-form.ts';
import type { AvroSchema, SchemaJson } from '#avro/model.ts';
import { unionForm } from '#avro/union-form.ts';

/** What stands in place of a value that is about a person. */
export const MASK = '•••';

const FLAGS = ['pii', 'health', 'sensitive'];
const TAGS = ['tags', 'confluent:tags'];

/** Whether attributes say that a value is about a person: `"pii": true`, `"health": true`, or a tag of that name. */
export function isPersonal(attributes: ReadonlyMap<string, SchemaJson>): boolean {
  const isFlagged = FLAGS.some((name) => attributes.get(name) === true);
  return isFlagged || TAGS.some((name) => tagsOf(attributes.get(name)).some((tag) => FLAGS.includes(tag)));
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
