import { parseSchema } from '#avro/parse.ts';
import type { Conformance } from '#bench/conformance-report.ts';
import { isZonerError, ZonerError } from '#core/errors.ts';

interface Case {
  /** The text of a schema. */
  readonly text: string;
  /** What another parser said of it. */
  readonly accepted: boolean;
}

/** `parser`: each line is `{ text, accepted }`, as `Schema.Parser` of Avro Java judges a text. */
export const parser: Conformance = {
  *compare(text) {
    for (const [index, line] of text.split('\n').entries()) {
      if (line.trim() === '') continue;
      const given = parseCase(line, index + 1);
      const reason = refusalOf(given.text);
      const agrees = (reason === null) === given.accepted;
      const name = `line ${index + 1}`;
      if (agrees) yield { name, outcome: 'agrees' };
      else yield { name, outcome: 'disagrees', detail: `${reason ?? 'accepted here'}: ${given.text}` };
    }
  },
};

function parseCase(line: string, number: number): Case {
  try {
    const parsed = JSON.parse(line) as Case;
    if (typeof parsed.text === 'string' && typeof parsed.accepted === 'boolean') return parsed;
  } catch {
    // Told below, as is what parses and is no case.
  }
  throw new ZonerError('USAGE', `line ${number} is no case with text and accepted`);
}

function refusalOf(text: string): string | null {
  try {
    parseSchema(text);
    return null;
  } catch (error) {
    if (isZonerError(error, 'SCHEMA_INVALID')) return error.message;
    throw error;
  }
}
