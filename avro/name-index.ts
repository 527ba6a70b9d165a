import type { Node } from 'jsonc-parser';
import { type JsonTree, memberOf, membersOf } from '#avro/json-tree.ts';
import { namespaceOf, resolveName } from '#avro/names.ts';

/** A named type as it stands in a file, before it is built. */
export interface NamedNode {
  readonly fullName: string;
  readonly node: Node;
  readonly tree: JsonTree;
}

/** Every named type that a tree defines, at any depth, so that types may be used before their definition. */
export function namedNodesOf(tree: JsonTree, root: Node): readonly NamedNode[] {
  const found: NamedNode[] = [];
  const visit = (node: Node, namespace: string): void => {
    if (node.type === 'array') for (const child of node.children ?? []) visit(child, namespace);
    if (node.type !== 'object') return;
    const fullName = definedName(node, namespace);
    if (fullName !== null) found.push({ fullName, node, tree });
    const inner = fullName === null ? namespace : namespaceOf(fullName);
    for (const { key, value } of membersOf(node)) {
      if (key === 'type' || key === 'items' || key === 'values') visit(value, inner);
      if (key === 'fields') for (const field of value.children ?? []) visitField(field, inner, visit);
    }
  };
  visit(root, '');
  return found;
}

function visitField(field: Node, namespace: string, visit: (node: Node, namespace: string) => void): void {
  const type = field.type === 'object' ? memberOf(field, 'type') : undefined;
  if (type !== undefined) visit(type, namespace);
}

const NAMED = new Set(['record', 'error', 'enum', 'fixed']);

/** The full name of the type that an object defines, or null if it defines none. */
export function definedName(node: Node, namespace: string): string | null {
  const type = memberOf(node, 'type');
  const name = memberOf(node, 'name');
  if (type?.type !== 'string' || !NAMED.has(type.value) || name?.type !== 'string') return null;
  const given = memberOf(node, 'namespace');
  const space = given?.type === 'string' ? String(given.value) : namespace;
  // Java takes a dot in front for "in no namespace".
  return resolveName(String(name.value), space).replace(/^\.(?=[^.]*$)/, '');
}
