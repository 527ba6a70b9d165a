import type { Node } from 'jsonc-parser';
import { defaultProblem, numberOfText } from '#avro/default-value.ts';
import { DefinitionPlaces } from '#avro/definition-places.ts';
import { type JsonTree, memberOf } from '#avro/json-tree.ts';
import { logicalTypeOf } from '#avro/logical-types.ts';
import type { AvroSchema, Field, NamedSchema, RecordSchema, SchemaJson } from '#avro/model.ts';
import { definedName, type NamedNode, namedNodesOf } from '#avro/name-index.ts';
import { isName, isPrimitive, namespaceOf, resolveName, shortName } from '#avro/names.ts';
import type { Problem } from '#avro/problems.ts';
import { sameDefinition } from '#avro/same-definition.ts';
import {
  type Refuse,
  readAliases,
  readAttributes,
  readOrder,
  readSize,
  readSymbols,
  readText,
} from '#avro/schema-members.ts';

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

class Builder {
  readonly problems: Problem[] = [];
  readonly #named: Map<string, NamedSchema>;
  readonly #builtFrom = new Map<Node, NamedSchema>();
  readonly #index = new Map<string, NamedNode>();
  readonly #places = new DefinitionPlaces();

  constructor(sources: readonly Source[], known: ReadonlyMap<string, NamedSchema>) {
    this.#named = new Map(known);
    for (const { tree, node } of sources) {
      for (const named of namedNodesOf(tree, node)) {
        if (!this.#index.has(named.fullName)) {
          this.#index.set(named.fullName, named);
          this.#places.define(named.fullName, named.tree, named.node);
        }
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
    const attributes = readAttributes(node, scope.tree, 'primitive');
    const position = scope.tree.positionOf(node);
    return { type: name, position, attributes, logicalType: logicalTypeOf(name, attributes, null) };
  }

  /**
   * A name stands for a primitive, or for a named type in this namespace or, failing that, for one in no namespace if
   * that is defined by now: Java does not wait for it.
   */
  #reference(node: Node, name: string, scope: Scope): AvroSchema | undefined {
    if (isPrimitive(name)) {
      return { type: name, position: scope.tree.positionOf(node), attributes: new Map(), logicalType: null };
    }
    const qualified = resolveName(name, scope.namespace);
    for (const fullName of new Set([qualified, name])) {
      if (fullName !== qualified && !this.#places.isBefore(fullName, scope.tree, node)) continue;
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
      attributes: readAttributes(node, scope.tree, type),
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
    // Nothing is equal to a part of itself.
    if (earlier !== undefined && !this.#places.isBefore(fullName, scope.tree, node))
      return this.#refuse(node, scope, `${fullName} is defined already, around this`);
    if (earlier !== undefined) return this.#redefine(node, type, fullName, earlier, scope);
    return this.#defineNew(node, type, fullName, scope);
  }

  /** The same definition again is allowed; another one under the same name is not. */
  #redefine(
    node: Node,
    type: NamedSchema['type'],
    fullName: string,
    earlier: NamedSchema,
    scope: Scope,
  ): NamedSchema | undefined {
    const again = this.#defineNew(node, type, fullName, scope);
    this.#named.set(fullName, earlier);
    this.#builtFrom.set(node, earlier);
    if (again === undefined || sameDefinition(earlier, again)) return earlier;
    return this.#refuse(node, scope, `${fullName} is defined already, and differently`);
  }

  #defineNew(node: Node, type: NamedSchema['type'], fullName: string, scope: Scope): NamedSchema | undefined {
    const refuse = this.#refuserOf(scope);
    const common = {
      name: shortName(fullName),
      fullName,
      doc: readText(node, 'doc'),
      aliases: readAliases(node, 'type', refuse).map((alias) => resolveName(alias, namespaceOf(fullName))),
      position: scope.tree.positionOf(node),
    };
    const inner: Scope = { tree: scope.tree, namespace: namespaceOf(fullName) };
    if (type === 'enum') {
      const attributes = readAttributes(node, scope.tree, 'enum');
      return this.#keep(node, { type, ...common, attributes, ...readSymbols(node, refuse) });
    }
    if (type === 'fixed') {
      const attributes = readAttributes(node, scope.tree, 'fixed');
      const size = readSize(node, scope.tree, refuse);
      return this.#keep(node, {
        type,
        ...common,
        attributes,
        size,
        logicalType: logicalTypeOf(type, attributes, size),
      });
    }
    const fields: Field[] = [];
    const attributes = readAttributes(node, scope.tree, 'record');
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
      // What is text here was a number to Java.
      if (
        isFloating(field.schema) &&
        typeof field.default.json === 'string' &&
        numberOfText(field.default.json) !== null
      )
        continue;
      const problem = defaultProblem(field.schema, field.default.json, {
        field,
        gapOf: (schema, at) => this.#places.gapOf(schema, at),
      });
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
    const refuse = this.#refuserOf(scope);
    const field: Field = {
      name: String(name.value),
      schema,
      doc: readText(node, 'doc'),
      aliases: readAliases(node, 'field', refuse),
      default: given === undefined ? undefined : { json: defaultJson(schema, scope.tree.valueOf(given)) },
      order: readOrder(node, refuse),
      attributes: readAttributes(node, scope.tree, 'field'),
      position: scope.tree.positionOf(node),
    };
    this.#places.defineField(field, scope.tree, type);
    return field;
  }

  #refuse(node: Node, { tree }: Scope, message: string): undefined {
    this.problems.push({ position: tree.positionOf(node), message });
  }

  #refuserOf(scope: Scope): Refuse {
    return (node, message) => this.#refuse(node, scope, message);
  }
}

function isFloating({ type }: AvroSchema): boolean {
  return type === 'float' || type === 'double';
}

function defaultJson(schema: AvroSchema, json: SchemaJson): SchemaJson {
  return isFloating(schema) && typeof json === 'string' ? (numberOfText(json) ?? json) : json;
}
