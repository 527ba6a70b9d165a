import { type Schema, Type } from 'avsc';
import { expect, test } from 'vitest';
import { compileDecoder } from '#avro/codec.ts';
import { parseSchema } from '#avro/parse.ts';
import { changedMeaning } from '#avro/same-meaning.ts';
import { judgeRow, MATRIX } from '#check/matrix/judge.ts';
import type { Row } from '#check/matrix/row.ts';

/** What avsc 5.7.9 does with old readers and new writers, without options, as most consumers use it. */
function avscReads([old, now]: Row['of']): boolean {
  const [reader, writer] = [old, now].map((json) => Type.forSchema(json as Schema));
  try {
    if (reader === undefined || writer === undefined) throw new Error('two schemas are given');
    reader.createResolver(writer);
    return true;
  } catch {
    return false;
  }
}

function zonerReads([old, now]: Row['of']): boolean {
  const [reader, writer] = [old, now].map((json) => parseSchema(JSON.stringify(json)));
  if (reader === undefined || writer === undefined) throw new Error('two schemas are given');
  if (changedMeaning(writer, reader) !== null) return false;
  try {
    compileDecoder(writer, reader);
    return true;
  } catch {
    return false;
  }
}

test.each(Object.entries(MATRIX))('%s: the verdicts for JavaScript are what the readers do', (_, { of }) => {
  const { rows } = judgeRow(of);
  const refused = rows.some(({ javascript }) => javascript.avsc === 'refuses every record');
  expect(refused ? 'refuses' : 'reads').toBe(avscReads(of) ? 'reads' : 'refuses');
  const all = rows.some(({ javascript }) => javascript.zoner === 'refuses every record');
  expect(all ? 'refuses' : 'reads').toBe(zonerReads(of) ? 'reads' : 'refuses');
});
