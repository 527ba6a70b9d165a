import type { Node } from 'jsonc-parser';
import type { JsonTree } from '#avro/json-tree.ts';
import type { AvroSchema, Field } from '#avro/model.ts';

interface Place {
  readonly tree: JsonTree;
  /** Where it stands in the text: [start, end). */
  readonly start: number;
  readonly end: number;
}

function placeOf(tree: JsonTree, { offset, length }: Node): Place {
  return { tree, start: offset, end: offset + length };
}

/**
 * Where types are defined and where fields are typed, for the two questions that Avro Java answers by how far it has
 * read a text: is this name known already, and are the fields of this record known already?
 */
export class DefinitionPlaces {
  readonly #definitions = new Map<string, Place>();
  readonly #types = new Map<Field, Place>();

  define(fullName: string, tree: JsonTree, node: Node): void {
    this.#definitions.set(fullName, placeOf(tree, node));
  }

  defineField(field: Field, tree: JsonTree, type: Node): void {
    this.#types.set(field, placeOf(tree, type));
  }

  /** True if the whole definition stands before this node, or in another text. */
  isBefore(fullName: string, tree: JsonTree, node: Node): boolean {
    const place = this.#definitions.get(fullName);
    return place === undefined || place.tree !== tree || place.end <= node.offset;
  }

  /**
   * What Java does not know of a type that a field uses when it has read that field: it stands `around` the field and
   * has no fields yet, or `ahead` and is an empty record until then. Null if it is known.
   */
  gapOf(schema: AvroSchema, field: Field): 'around' | 'ahead' | null {
    const type = this.#types.get(field);
    const definition = 'fullName' in schema ? this.#definitions.get(schema.fullName) : undefined;
    if (type === undefined || definition === undefined || definition.tree !== type.tree) return null;
    if (definition.end <= type.end) return null;
    return definition.start < type.start ? 'around' : 'ahead';
  }
}
