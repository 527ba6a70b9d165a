/** JSON Schema as data. */
export type SchemaJson = { readonly [key: string]: unknown };

/**
 * A generated JSON Schema with unions of records told apart by `kind`: `anyOf` of such branches becomes `oneOf` with a
 * discriminator, which validators report by the branch that was meant, and OpenAPI documents know. Accepts the same.
 */
export function withDiscriminators(schema: SchemaJson): SchemaJson {
  const definitions = (schema.$defs ?? {}) as Readonly<Record<string, SchemaJson>>;
  const hasKind = (branch: SchemaJson): boolean => {
    const name = typeof branch.$ref === 'string' ? branch.$ref.slice('#/$defs/'.length) : '';
    const { kind } = (definitions[name]?.properties ?? {}) as {
      readonly kind?: { readonly const?: unknown };
    };
    return typeof kind?.const === 'string';
  };
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    const walked = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)]));
    const { anyOf, ...rest } = walked;
    if (!Array.isArray(anyOf) || !anyOf.every(hasKind)) return walked;
    return {
      ...rest,
      type: 'object',
      required: ['kind'],
      discriminator: { propertyName: 'kind' },
      oneOf: anyOf,
    };
  };
  return walk(schema) as SchemaJson;
}
