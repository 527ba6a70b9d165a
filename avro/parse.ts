import type { Node } from 'jsonc-parser';
import { buildSchemas, type Source } from '#avro/build-schema.ts';
import { type JsonTree, parseJsonTree } from '#avro/json-tree.ts';
import type { AvroSchema, NamedSchema } from '#avro/model.ts';
import { type Problem, problemsError } from '#avro/problems.ts';

export interface ParseOptions {
  /** For positions in errors. */
  readonly file?: string;
  /** Named types that the text may refer to without defining them, by full name. */
  readonly known?: ReadonlyMap<string, NamedSchema>;
}

export interface SchemaFile {
  /** For positions in errors. */
  readonly file: string;
  readonly text: string;
}

/** A definition at the top of a file, or of the array that the file holds. */
export interface Definition {
  readonly file: string;
  readonly schema: AvroSchema;
  readonly node: Node;
  readonly tree: JsonTree;
}

/**
 * Parses one schema, as Avro Java 1.12 does.
 * @throws ZonerError SCHEMA_INVALID with all problems, each at `file:line:column`
 */
export function parseSchema(text: string, options: ParseOptions = {}): AvroSchema {
  const tree = parseSchemaTree(text, options.file ?? null);
  if (tree.root === null) throw problemsError('SCHEMA_INVALID', tree.problems);
  const { schemas, problems } = buildSchemas([{ tree, node: tree.root }], options.known ?? new Map());
  const [schema] = schemas;
  if (schema === undefined || problems.length > 0) throw problemsError('SCHEMA_INVALID', problems);
  return schema;
}

/**
 * Parses files whose types may refer to each other by full name, in any order. A file holds one schema or an array of
 * definitions.
 * @throws ZonerError SCHEMA_INVALID with the problems of all files
 */
export function parseSchemaFiles(files: readonly SchemaFile[]): readonly Definition[] {
  const { definitions, problems } = readSchemaFiles(files);
  if (problems.length > 0) throw problemsError('SCHEMA_INVALID', problems);
  return definitions;
}

/** The same, for a caller with more files to judge before it throws: what could be understood, and what is wrong. */
export function readSchemaFiles(files: readonly SchemaFile[]): {
  readonly definitions: readonly Definition[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const sources: (Source & { file: string })[] = [];
  for (const { file, text } of files) {
    const tree = parseSchemaTree(text, file);
    problems.push(...tree.problems);
    if (tree.root === null) continue;
    const nodes = tree.root.type === 'array' ? (tree.root.children ?? []) : [tree.root];
    for (const node of nodes) sources.push({ file, tree, node });
  }
  // A type of a file that could not be read is unknown to the others: what they say then would mislead.
  if (problems.length > 0) return { definitions: [], problems };
  const built = buildSchemas(sources, new Map());
  problems.push(...built.problems);
  const definitions = sources.flatMap(({ file, tree, node }, index) => {
    const schema = built.schemas[index];
    return schema === undefined ? [] : [{ file, schema, node, tree }];
  });
  return { definitions, problems };
}

/** The JSON of a schema. Java takes comments inside it and, after it, control characters and nothing else. */
function parseSchemaTree(text: string, file: string | null): JsonTree {
  const end = text.search(/[\0- ]*$/);
  const tree = parseJsonTree(text.slice(0, end), file);
  if (tree.root === null) return tree;
  const after = tree.root.offset + tree.root.length;
  if (after === end) return tree;
  const position = tree.positionOf({ ...tree.root, offset: after });
  return { ...tree, root: null, problems: [{ position, message: 'nothing may follow the schema' }] };
}
