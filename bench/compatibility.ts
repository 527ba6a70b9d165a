import { writeJson } from '#avro/json-tree.ts';
import type { AvroSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { type CaseLine, caseLines } from '#bench/case-lines.ts';
import type { Comparison, Conformance } from '#bench/conformance-report.ts';
import { wireVerdict } from '#check/wire/compatibility.ts';
import { isZonerError } from '#core/errors.ts';

/** How an independent implementation judged a pair of schemas. */
interface Told {
  readonly name: string;
  /** `PARSE_ERROR` also where the comparison itself fails. */
  readonly verdict: 'COMPATIBLE' | 'INCOMPATIBLE' | 'PARSE_ERROR';
  readonly incompatibilities: readonly { readonly type: string; readonly location: string }[];
}

const VERDICTS: readonly unknown[] = ['COMPATIBLE', 'INCOMPATIBLE', 'PARSE_ERROR'];

/** `compatibility`: each line is judged as a reader and a writer, with types and places; see the README. */
export const conformance: Conformance = {
  *compare(text) {
    const lines = caseLines<Told>(
      text,
      'reader, writer, verdict and incompatibilities',
      (told) => VERDICTS.includes(told.verdict) && Array.isArray(told.incompatibilities),
    );
    for (const line of lines) yield compareCase(line);
  },
};

function compareCase({ told, reader, writer }: CaseLine<Told>): Comparison {
  const { name } = told;
  const said = sentence(told.verdict, told.incompatibilities);
  const ours = judge(writeJson(reader), writeJson(writer));
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
function sentence(verdict: string, found: Told['incompatibilities']): string {
  const places = found.map(({ type, location }) => `${type} at ${location}`).sort();
  return [verdict, ...places].join(', ');
}
