import type { Node } from 'jsonc-parser';
import { memberOf, membersOf, writeJson } from '#avro/json-tree.ts';
import type { NamedSchema } from '#avro/model.ts';
import { definedName } from '#avro/name-index.ts';
import { isPrimitive, namespaceOf, resolveName } from '#avro/names.ts';
import type { Definition } from '#avro/parse.ts';
import type { RegisteredType } from '#contract/contract.ts';

/**
 * What has to be registered so that `root` can be: the definitions that it uses, each before what refers to it, and the
 * root last under `rootSubject`.
 */
export function registeredTypes(
  root: Definition,
  rootSubject: string,
  definitions: readonly Definition[],
): readonly RegisteredType[] {
  const byName = new Map(definitions.map((each) => [(each.schema as NamedSchema).fullName, each]));
  const done = new Map<Definition, RegisteredType>();
  const visit = (definition: Definition): void => {
    if (done.has(definition)) return;
    const { fullName } = definition.schema as NamedSchema;
    const references = referencesOf(definition.node, byName);
    const made: RegisteredType = {
      subject: definition === root ? rootSubject : fullName,
      fullName,
      text: writeJson(definition.tree.valueOf(definition.node)),
      references,
      file: definition.file,
    };
    for (const name of references) {
      const next = byName.get(name);
      if (next !== undefined && next !== definition) visit(next);
    }
    done.set(definition, made);
  };
  visit(root);
  return [...done.values()];
}

/** Full names that a definition uses and does not define itself, in order of first use. */
function referencesOf(root: Node, definitions: ReadonlyMap<string, Definition>): readonly string[] {
  const own = new Set<string>();
  const used = new Set<string>();
  const use = (name: string, namespace: string): void => {
    if (isPrimitive(name)) return;
    const qualified = resolveName(name, namespace);
    used.add(own.has(qualified) || definitions.has(qualified) ? qualified : name);
  };
  const visit = (node: Node, namespace: string): void => {
    if (node.type === 'string') use(String(node.value), namespace);
    if (node.type === 'array') for (const child of node.children ?? []) visit(child, namespace);
    if (node.type !== 'object') return;
    const fullName = definedName(node, namespace);
    if (fullName !== null) own.add(fullName);
    const inner = fullName === null ? namespace : namespaceOf(fullName);
    const type = memberOf(node, 'type');
    if (fullName === null && type !== undefined && !['array', 'map'].includes(String(type.value)))
      visit(type, inner);
    for (const { key, value } of membersOf(node)) {
      if (key === 'items' || key === 'values') visit(value, inner);
      if (key !== 'fields') continue;
      for (const field of value.children ?? []) {
        const fieldType = memberOf(field, 'type');
        if (fieldType !== undefined) visit(fieldType, inner);
      }
    }
  };
  visit(root, '');
  return [...used].filter((name) => !own.has(name) && definitions.has(name));
}
