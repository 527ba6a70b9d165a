import type { Node } from 'jsonc-parser';
import { memberOf, membersOf, writeJson } from '#avro/json-tree.ts';
import type { NamedSchema } from '#avro/model.ts';
import { definedName, namedNodesOf } from '#avro/name-index.ts';
import { isPrimitive, namespaceOf, resolveName } from '#avro/names.ts';
import type { Definition } from '#avro/parse.ts';
import type { Problem } from '#avro/problems.ts';
import type { RegisteredType } from '#contract/contract.ts';

export interface Registration {
  readonly types: readonly RegisteredType[];
  /** Why a registry could not take them. */
  readonly problems: readonly Problem[];
}

/**
 * What has to be registered so that `root` can be: the definitions that it uses, each before what refers to it, and the
 * root last under `rootSubject`.
 */
export function registeredTypes(
  root: Definition,
  rootSubject: string,
  definitions: readonly Definition[],
): Registration {
  const byName = new Map(definitions.map((each) => [fullNameOf(each), each]));
  const done = new Map<Definition, RegisteredType>();
  const problems: Problem[] = [];
  const visit = (definition: Definition, open: readonly Definition[]): void => {
    if (done.has(definition)) return;
    const uses = usesOf(definition, byName);
    for (const [name, node] of uses) {
      const next = byName.get(name);
      const position = definition.tree.positionOf(node);
      if (next === undefined) problems.push({ position, message: unregistered(name) });
      else if (next === definition || open.includes(next))
        problems.push({ position, message: circular(name) });
      else visit(next, [...open, definition]);
    }
    done.set(definition, {
      subject: definition === root ? rootSubject : fullNameOf(definition),
      fullName: fullNameOf(definition),
      text: writeJson(definition.tree.valueOf(definition.node)),
      references: [...uses.keys()],
      file: definition.file,
    });
  };
  visit(root, []);
  return { types: [...done.values()], problems };
}

function fullNameOf({ schema }: Definition): string {
  return (schema as NamedSchema).fullName;
}

function unregistered(name: string): string {
  return `${name} is defined inside another type; to be used here it needs a definition of its own, in a file or in an array`;
}

function circular(name: string): string {
  return `${name} leads back to this type; a registry needs one registered before the other, so define one inside the other`;
}

/** The types that a definition uses and does not define itself, by full name in order of first use, and where. */
function usesOf(
  { tree, node: root }: Definition,
  definitions: ReadonlyMap<string, Definition>,
): ReadonlyMap<string, Node> {
  const own = new Set(namedNodesOf(tree, root).map(({ fullName }) => fullName));
  const used = new Map<string, Node>();
  const use = (node: Node, namespace: string): void => {
    const name = String(node.value);
    if (isPrimitive(name)) return;
    const qualified = resolveName(name, namespace);
    const isNear = own.has(qualified) || definitions.has(qualified) || name.includes('.');
    // A plain name that the namespace around it does not have is one of the null namespace, as the parser reads it.
    const fullName = isNear || !(own.has(name) || definitions.has(name)) ? qualified : name;
    if (!own.has(fullName) && !used.has(fullName)) used.set(fullName, node);
  };
  const visit = (node: Node, namespace: string): void => {
    if (node.type === 'string') use(node, namespace);
    if (node.type === 'array') for (const child of node.children ?? []) visit(child, namespace);
    if (node.type !== 'object') return;
    const fullName = definedName(node, namespace);
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
  return used;
}
