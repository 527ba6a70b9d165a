import type { PrimitiveName } from '#avro/model.ts';

const PRIMITIVES: ReadonlySet<string> = new Set<PrimitiveName>([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
]);

export function isPrimitive(name: string): name is PrimitiveName {
  return PRIMITIVES.has(name);
}

/**
 * Avro Java 1.12 takes letters of any script that stand in one UTF-16 unit, because it looks at each unit alone; other
 * readers of the schema may take fewer.
 */
export function isName(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(text) && !/[\ud800-\udfff]/.test(text);
}

/** A full name: dotted names, or a plain name in a namespace ('' is the null namespace). */
export function resolveName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

export function namespaceOf(fullName: string): string {
  const dot = fullName.lastIndexOf('.');
  return dot < 0 ? '' : fullName.slice(0, dot);
}

export function shortName(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf('.') + 1);
}
