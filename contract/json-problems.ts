import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Node } from 'jsonc-parser';
import { type JsonTree, memberOf } from '#avro/json-tree.ts';
import type { Problem } from '#avro/problems.ts';

/** What a JSON Schema has against a file, each where it stands. `whole` names the file in messages: `the contract`. */
export function jsonProblems(
  tree: JsonTree,
  root: Node,
  errors: readonly ErrorObject[],
  whole: string,
): readonly Problem[] {
  return errors.map((error) => ({
    position: tree.positionOf(nodeAt(root, error.instancePath)),
    message: messageOf(error, whole),
  }));
}

/** The node that a JSON pointer names, or the nearest one around it. */
export function nodeAt(root: Node, pointer: string): Node {
  let node = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const next = node.type === 'array' ? node.children?.[Number(key)] : memberOf(node, key);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

function messageOf({ instancePath, keyword, message, params }: ErrorObject, whole: string): string {
  const place = instancePath.slice(1).replaceAll('/', '.') || whole;
  if (keyword === 'additionalProperties') return `${place} does not know "${params.additionalProperty}"`;
  if (keyword === 'enum') return `${place} must be one of ${(params.allowedValues as string[]).join(', ')}`;
  if (keyword === 'const') return `${place} must be ${params.allowedValue}`;
  return `${place} ${message}`;
}
