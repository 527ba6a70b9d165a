import { memberOf, parseJsonTree, writeJson } from '#avro/json-tree.ts';
import type { AvroSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import type { Comparison, Conformance } from '#bench/conformance-report.ts';
import { wireVerdict } from '#check/wire/compatibility.ts';
import { isZonerError, ZonerError } from '#core/errors.ts';

/** One line of the file: a pair of schemas, judged by an independent implementation. */
interface Case {
  readonly name: string;
  /** The text of a schema, as is `writer`. */
  readonly reader: string;
  readonly writer: string;
  /** `PARSE_ERROR` also where the comparison itself fails. */
  readonly verdict: 'COMPATIBLE' | 'INCOMPATIBLE' | 'PARSE_ERROR';
  readonly incompatibilities: readonly { readonly type: string; readonly location: string }[];
}

/** `compatibility`: each line is judged as a reader and a writer, with types and places; see the README. */
export const conformance: Conformance = {
  *compare(text) {
    for (const [index, line] of text.split('\n').entries()) {
      if (line.trim() !== '') yield compareCase(parseCase(line, index + 1));
    }
  },
};

function parseCase(line: string, number: number): Case {
  try {
    const parsed = JSON.parse(line) as Case;
    const tree = parseJsonTree(line, null);
    // A number of a schema may have more digits than JSON.parse keeps.
    const [reader, writer] = ['reader', 'writer'].map((key) => tree.root && memberOf(tree.root, key));
    const known = ['COMPATIBLE', 'INCOMPATIBLE', 'PARSE_ERROR'].includes(parsed.verdict);
    if (known && reader && writer && Array.isArray(parsed.incompatibilities))
      return { ...parsed, reader: writeJson(tree.valueOf(reader)), writer: writeJson(tree.valueOf(writer)) };
  } catch {
    // Told below, as is what parses and is no case.
  }
  throw new ZonerError(
    'USAGE',
    `line ${number} is no case with reader, writer, verdict and incompatibilities`,
  );
}

function compareCase({ name, reader, writer, verdict, incompatibilities }: Case): Comparison {
  const said = sentence(verdict, incompatibilities);
  const ours = judge(reader, writer);
  if (ours === said) return { name, outcome: 'agrees' };
  return { name, outcome: 'disagrees', detail: `the file says ${said}; Zoner says ${ours}` };
}

function judge(reader: string, writer: string): string {
  const [to, from] = [read(reader), read(writer)];
  if (to === null || from === null) return 'PARSE_ERROR';
  const judged = wireVerdict(to, from);
  return judged.verdict === 'AMBIGUOUS' ? 'PARSE_ERROR' : sentence(judged.verdict, judged.incompatibilities);
}

function read(text: string): AvroSchema | null {
  try {
    return parseSchema(text);
  } catch (error) {
    if (isZonerError(error, 'SCHEMA_INVALID')) return null;
    throw error;
  }
}

/** Found in what order is no matter; found how often is. */
function sentence(verdict: string, found: Case['incompatibilities']): string {
  const places = found.map(({ type, location }) => `${type} at ${location}`).sort();
  return [verdict, ...places].join(', ');
}
