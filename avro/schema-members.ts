import type { Node } from 'jsonc-parser';
import { type JsonTree, memberOf, membersOf } from '#avro/json-tree.ts';
import type { EnumSchema, Field, SchemaJson } from '#avro/model.ts';
import { isName } from '#avro/names.ts';

/** Notes what is wrong at a node; nothing can be built from it. */
export type Refuse = (node: Node, message: string) => undefined;

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

export function readAttributes(
  node: Node,
  tree: JsonTree,
  kind: keyof typeof RESERVED,
): ReadonlyMap<string, SchemaJson> {
  const reserved: readonly string[] = RESERVED[kind];
  const kept = membersOf(node).filter(({ key }) => !reserved.includes(key));
  return new Map(kept.map(({ key, value }) => [key, tree.valueOf(value)]));
}

/** The text of a member; null if there is none, or something that is no text, which Java passes over. */
export function readText(node: Node, key: string): string | null {
  const found = memberOf(node, key);
  return found?.type === 'string' ? String(found.value) : null;
}

/** Aliases of a type are names; Java takes any text for the alias of a field. */
export function readAliases(node: Node, of: 'type' | 'field', refuse: Refuse): readonly string[] {
  const list = memberOf(node, 'aliases');
  if (list === undefined) return [];
  if (list.type !== 'array') return refuse(list, '"aliases" must be an array of names') ?? [];
  for (const alias of list.children ?? []) {
    if (alias.type !== 'string') refuse(alias, 'an alias must be a name');
    else if (of === 'type' && !isName(String(alias.value).slice(String(alias.value).lastIndexOf('.') + 1)))
      refuse(alias, `${JSON.stringify(alias.value)} is not a valid name`);
  }
  return (list.children ?? []).map(({ value }) => String(value));
}

export function readSymbols(node: Node, refuse: Refuse): Pick<EnumSchema, 'symbols' | 'default'> {
  const list = memberOf(node, 'symbols');
  if (list?.type !== 'array') refuse(list ?? node, 'enum needs "symbols", an array of names');
  const symbols: string[] = [];
  for (const symbol of list?.children ?? []) {
    const name = String(symbol.value);
    if (symbol.type !== 'string' || !isName(name))
      refuse(symbol, `${JSON.stringify(symbol.value ?? null)} is not a valid name; a symbol has no dots`);
    else if (symbols.includes(name)) refuse(symbol, `symbol ${name} stands there twice`);
    symbols.push(name);
  }
  const value = readText(node, 'default');
  if (value !== null && !symbols.includes(value)) {
    refuse(memberOf(node, 'default') ?? node, 'the default of an enum must be one of its symbols');
  }
  return { symbols, default: value };
}

export function readSize(node: Node, tree: JsonTree, refuse: Refuse): number {
  const size = memberOf(node, 'size');
  const text = size?.type === 'number' ? (tree.valueOf(size) as { readonly number: string }).number : '';
  if (/^\d{1,10}$/.test(text) && Number(text) <= 0x7fff_ffff) return Number(text);
  refuse(size ?? node, 'fixed needs "size", a whole number of bytes');
  return 0;
}

export function readOrder(node: Node, refuse: Refuse): Field['order'] {
  const order = memberOf(node, 'order');
  if (order === undefined) return 'ascending';
  const text = order.type === 'string' ? String(order.value).toLowerCase() : '';
  if (text === 'ascending' || text === 'descending' || text === 'ignore') return text;
  refuse(order, `order is ascending, descending or ignore, not ${JSON.stringify(order.value ?? null)}`);
  return 'ascending';
}
