import { memberOf, parseJsonTree } from '#avro/json-tree.ts';
import type { SchemaJson } from '#avro/model.ts';
import { ZonerError } from '#core/errors.ts';

/** One line of a file of cases: a pair of schemas, and what an independent implementation made of them. */
export interface CaseLine<Told> {
  readonly told: Told;
  /** As the line has it: a number of a schema may have more digits than JSON.parse keeps. */
  readonly reader: SchemaJson;
  readonly writer: SchemaJson;
}

/**
 * The cases of an NDJSON text, in order; empty lines count for nothing.
 * @throws ZonerError USAGE for a line that is not JSON, lacks a schema, or that `isCase` refuses; `needed` then says what
 * a case has
 */
export function* caseLines<Told>(
  text: string,
  needed: string,
  isCase: (told: Partial<Told>) => boolean,
): Iterable<CaseLine<Told>> {
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const tree = parseJsonTree(line, null);
    const [reader, writer] = ['reader', 'writer'].map((key) => tree.root && memberOf(tree.root, key));
    const told = tree.root === null ? {} : (JSON.parse(line) as Partial<Told>);
    if (!reader || !writer || !isCase(told))
      throw new ZonerError('USAGE', `line ${index + 1} is no case with ${needed}`);
    yield { told: told as Told, reader: tree.valueOf(reader), writer: tree.valueOf(writer) };
  }
}
