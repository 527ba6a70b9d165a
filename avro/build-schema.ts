import type { Node } from 'jsonc-parser';
import { defaultProblem } from '#avro/default-value.ts';
import { type JsonTree, memberOf, membersOf, writeJson } from '#avro/json-tree.ts';
import { logicalTypeOf } from '#avro/logical-types.ts';
import type {
  AvroSchema,
  EnumSchema,
  Field,
  FixedSchema,
  NamedSchema,
  RecordSchema,
  SchemaJson,
} from '#avro/model.ts';
import { definedName, type NamedNode, namedNodesOf } from '#avro/name-index.ts';
import { isName, isPrimitive, namespaceOf, resolveName, shortName } from '#avro/names.ts';
import type { Problem } from '#avro/problems.ts';

export interface Source {
  readonly tree: JsonTree;
  readonly node: Node;
}

/** Builds the models of several trees that may refer to each other; a schema that could not be built is undefined. */
export function buildSchemas(
  sources: readonly Source[],
  known: ReadonlyMap<string, NamedSchema>,
): { readonly schemas: readonly (AvroSchema | undefined)[]; readonly problems: readonly Problem[] } {
  const builder = new Builder(sources, known);
  const schemas = sources.map(({ tree, node }) => builder.build(node, { tree, namespace: '' }));
  return { schemas, problems: builder.problems };
}

interface Scope {
  readonly tree: JsonTree;
  readonly namespace: string;
}

/** What the specification gives a meaning; everything else is an attribute and is kept. */
const RESERVED = {
  primitive: ['type'],
  array: ['type', 'items'],
  map: ['type', 'values'],
  record: ['type', 'name', 'namespace', 'doc', 'aliases', 'fields'],
  enum: ['type', 'name', 'namespace', 'doc', 'aliases', 'symbols', 'default'],
  fixed: ['type', 'name', 'namespace', 'doc', 'aliases', 'size'],
  field: ['name', 'type', 'doc', 'aliases', 'default', 'order'],
} as const;

class Builder {
  readonly problems: Problem[] = [];
  readonly #named: Map<string, NamedSchema>;
  readonly #builtFrom = new Map<Node, NamedSchema>();
  readonly #index = new Map<string, NamedNode>();

  constructor(sources: readonly Source[], known: ReadonlyMap<string, NamedSchema>) {
    this.#named = new Map(known);
    for (const { tree, node } of sources) {
      for (const named of namedNodesOf(tree, node)) {
        if (!this.#index.has(named.fullName)) this.#index.set(named.fullName, named);
        // What the text defines itself holds, even where it was handed the type as well.
        this.#named.delete(named.fullName);
      }
    }
  }

  build(node: Node, scope: Scope): AvroSchema | undefined {
    if (node.type === 'string') return this.#reference(node, String(node.value), scope);
    if (node.type === 'array') return this.#union(node, scope);
    if (node.type !== 'object') return this.#refuse(node, scope, 'a schema is a name, an object or an array');
    const type = memberOf(node, 'type');
    if (type === undefined) return this.#refuse(node, scope, 'a schema object needs "type"');
    if (type.type !== 'string') return this.#refuse(type, scope, '"type" of a schema object must be a name');
    const name = String(type.value);
    if (name === 'record' || name === 'error' || name === 'enum' || name === 'fixed')
      return this.#define(node, name, scope);
    if (name === 'array' || name === 'map') return this.#collection(node, name, scope);
    if (!isPrimitive(name)) return this.#reference(type, name, scope);
    const attributes = this.#attributes(node, scope, RESERVED.primitive);
    const position = scope.tree.positionOf(node);
    return { type: name, position, attributes, logicalType: logicalTypeOf(name, attributes, null) };
  }

  /** A name stands for a primitive, or for a named type in this namespace or, failing that, in none. */
  #reference(node: Node, name: string, scope: Scope): AvroSchema | undefined {
    if (isPrimitive(name)) {
      return { type: name, position: scope.tree.positionOf(node), attributes: new Map(), logicalType: null };
    }
    for (const fullName of [resolveName(name, scope.namespace), name]) {
      const built = this.#named.get(fullName);
      if (built !== undefined) return built;
      const defined = this.#index.get(fullName);
      if (defined !== undefined) {
        const namespace = namespaceOf(fullName);
        return this.build(defined.node, { tree: defined.tree, namespace });
      }
    }
    return this.#refuse(node, scope, `unknown type ${JSON.stringify(name)}`);
  }

  #union(node: Node, scope: Scope): AvroSchema | undefined {
    const seen = new Set<string>();
    const branches: AvroSchema[] = [];
    for (const child of node.children ?? []) {
      const branch = this.build(child, scope);
      if (branch === undefined) continue;
      if (branch.type === 'union') this.#refuse(child, scope, 'a union cannot hold a union directly');
      const key = 'fullName' in branch ? branch.fullName : branch.type;
      if (seen.has(key)) this.#refuse(child, scope, `${key} stands in the union twice`);
      seen.add(key);
      branches.push(branch);
    }
    return { type: 'union', branches, position: scope.tree.positionOf(node), attributes: new Map() };
  }

  #collection(node: Node, type: 'array' | 'map', scope: Scope): AvroSchema | undefined {
    const key = type === 'array' ? 'items' : 'values';
    const inner = memberOf(node, key);
    if (inner === undefined) return this.#refuse(node, scope, `${type} needs "${key}"`);
    const schema = this.build(inner, scope);
    if (schema === undefined) return undefined;
    const rest = {
      position: scope.tree.positionOf(node),
      attributes: this.#attributes(node, scope, RESERVED[type]),
    };
    return type === 'array' ? { type, items: schema, ...rest } : { type, values: schema, ...rest };
  }

  #define(node: Node, type: NamedSchema['type'], scope: Scope): NamedSchema | undefined {
    const built = this.#builtFrom.get(node);
    if (built !== undefined) return built;
    const fullName = definedName(node, scope.namespace);
    const nameNode = memberOf(node, 'name');
    if (fullName === null || nameNode === undefined)
      return this.#refuse(node, scope, `${type} needs a "name"`);
    if (!fullName.split('.').every(isName)) {
      return this.#refuse(nameNode, scope, `${JSON.stringify(fullName)} is not a valid name`);
    }
    if (isPrimitive(fullName))
      return this.#refuse(nameNode, scope, `${fullName} is the name of a primitive type`);
    const earlier = this.#named.get(fullName);
    if (earlier !== undefined) return this.#redefine(node, fullName, earlier, scope);
    return this.#defineNew(node, type, fullName, scope);
  }

  /** The same definition again is allowed; another one under the same name is not. */
  #redefine(node: Node, fullName: string, earlier: NamedSchema, scope: Scope): NamedSchema | undefined {
    const first = this.#index.get(fullName);
    const same =
      first !== undefined &&
      writeJson(first.tree.valueOf(first.node)) === writeJson(scope.tree.valueOf(node));
    if (!same) return this.#refuse(node, scope, `${fullName} is defined already, and differently`);
    return earlier;
  }

  #defineNew(node: Node, type: NamedSchema['type'], fullName: string, scope: Scope): NamedSchema | undefined {
    const common = {
      name: shortName(fullName),
      fullName,
      doc: this.#text(node, 'doc'),
      aliases: this.#names(node, 'aliases', scope).map((alias) => resolveName(alias, namespaceOf(fullName))),
      position: scope.tree.positionOf(node),
    };
    const inner: Scope = { tree: scope.tree, namespace: namespaceOf(fullName) };
    if (type === 'enum') {
      const attributes = this.#attributes(node, scope, RESERVED.enum);
      return this.#keep(node, { type, ...common, attributes, ...this.#symbols(node, scope) });
    }
    if (type === 'fixed') {
      const attributes = this.#attributes(node, scope, RESERVED.fixed);
      const size = this.#size(node, scope);
      return this.#keep(node, {
        type,
        ...common,
        attributes,
        size,
        logicalType: logicalTypeOf(type, attributes, size),
      });
    }
    const fields: Field[] = [];
    const attributes = this.#attributes(node, scope, RESERVED.record);
    // Known before its fields are built, because they may refer to it.
    const record = this.#keep(node, { type, ...common, attributes, fields });
    this.#fields(node, record, fields, inner);
    return record;
  }

  #keep<T extends NamedSchema>(node: Node, schema: T): T {
    this.#named.set(schema.fullName, schema);
    this.#builtFrom.set(node, schema);
    return schema;
  }

  #symbols(node: Node, scope: Scope): Pick<EnumSchema, 'symbols' | 'default'> {
    const symbols = memberOf(node, 'symbols');
    if (symbols?.type !== 'array')
      this.#refuse(symbols ?? node, scope, 'enum needs "symbols", an array of names');
    const names = this.#names(node, 'symbols', scope);
    for (const symbol of symbols?.children ?? []) {
      if (String(symbol.value).includes('.')) this.#refuse(symbol, scope, 'a symbol is a name without dots');
    }
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) this.#refuse(symbols ?? node, scope, `symbol ${twice} stands there twice`);
    const given = memberOf(node, 'default');
    const value = given?.type === 'string' ? String(given.value) : null;
    if (given !== undefined && (value === null || !names.includes(value))) {
      this.#refuse(given, scope, 'the default of an enum must be one of its symbols');
    }
    return { symbols: names, default: value };
  }

  #size(node: Node, scope: Scope): FixedSchema['size'] {
    const size = memberOf(node, 'size');
    const value = size?.type === 'number' ? Number(size.value) : Number.NaN;
    if (Number.isInteger(value) && value >= 0 && value <= 0x7fff_ffff) return value;
    this.#refuse(size ?? node, scope, 'fixed needs "size", a whole number of bytes');
    return 0;
  }

  #fields(node: Node, record: RecordSchema, fields: Field[], scope: Scope): void {
    const list = memberOf(node, 'fields');
    if (list?.type !== 'array')
      return void this.#refuse(list ?? node, scope, `${record.type} needs "fields", an array`);
    const seen = new Set<string>();
    const built = new Map<Node, Field>();
    for (const child of list.children ?? []) {
      const field = this.#field(child, scope);
      if (field === undefined) continue;
      if (seen.has(field.name))
        this.#refuse(child, scope, `field ${field.name} stands in ${record.fullName} twice`);
      seen.add(field.name);
      fields.push(field);
      built.set(child, field);
    }
    // Only now is every type complete that a default may have to fit.
    for (const [child, field] of built) {
      const given = memberOf(child, 'default');
      if (field.default === undefined || given === undefined) continue;
      const problem = defaultProblem(field.schema, field.default.json);
      if (problem !== null)
        this.#refuse(given, scope, `the default of ${field.name} does not fit: ${problem}`);
    }
  }

  #field(node: Node, scope: Scope): Field | undefined {
    const name = node.type === 'object' ? memberOf(node, 'name') : undefined;
    if (name?.type !== 'string') return this.#refuse(node, scope, 'a field needs a "name"');
    if (!isName(String(name.value)))
      return this.#refuse(name, scope, `${JSON.stringify(name.value)} is not a valid name`);
    const type = memberOf(node, 'type');
    if (type === undefined) return this.#refuse(node, scope, `field ${name.value} needs a "type"`);
    const schema = this.build(type, scope);
    if (schema === undefined) return undefined;
    const given = memberOf(node, 'default');
    const order = this.#text(node, 'order') ?? 'ascending';
    if (order !== 'ascending' && order !== 'descending' && order !== 'ignore') {
      return this.#refuse(
        node,
        scope,
        `order is ascending, descending or ignore, not ${JSON.stringify(order)}`,
      );
    }
    return {
      name: String(name.value),
      schema,
      doc: this.#text(node, 'doc'),
      aliases: this.#names(node, 'aliases', scope),
      default: given === undefined ? undefined : { json: scope.tree.valueOf(given) },
      order,
      attributes: this.#attributes(node, scope, RESERVED.field),
      position: scope.tree.positionOf(node),
    };
  }

  #text(node: Node, key: string): string | null {
    const found = memberOf(node, key);
    return found?.type === 'string' ? String(found.value) : null;
  }

  #names(node: Node, key: string, scope: Scope): readonly string[] {
    const names = memberOf(node, key)?.children ?? [];
    for (const name of names) {
      const valid = name.type === 'string' && String(name.value).split('.').every(isName);
      if (!valid) this.#refuse(name, scope, `${JSON.stringify(name.value ?? null)} is not a valid name`);
    }
    return names.map(({ value }) => String(value));
  }

  #attributes(node: Node, { tree }: Scope, reserved: readonly string[]): ReadonlyMap<string, SchemaJson> {
    const kept = membersOf(node).filter(({ key }) => !reserved.includes(key));
    return new Map(kept.map(({ key, value }) => [key, tree.valueOf(value)]));
  }

  #refuse(node: Node, { tree }: Scope, message: string): undefined {
    this.problems.push({ position: tree.positionOf(node), message });
  }
}
