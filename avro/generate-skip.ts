import type { DecoderMaker } from '#avro/generate-decoder.ts';
import type { AvroSchema, RecordSchema } from '#avro/model.ts';
import { MAX_RECORD_DEPTH } from '#avro/value-check.ts';

/** Code that passes over a value of the writer which the reader does not want. */
export function generateSkip(schema: AvroSchema, maker: DecoderMaker, depth: number): string {
  const { code, at } = maker;
  const skipSized = `p = ${maker.call('length')}(b, p, e) + ${at};\n`;
  switch (schema.type) {
    case 'null':
      return '';
    case 'int':
    case 'long':
    case 'enum':
      return `if (b[p++] > 127) p = ${maker.call('skipVarint')}(b, p - 1);\n`;
    case 'boolean':
      return 'p += 1;\n';
    case 'float':
      return 'p += 4;\n';
    case 'double':
      return 'p += 8;\n';
    case 'fixed':
      return `p += ${Number(schema.size)};\n`;
    case 'string':
    case 'bytes':
      return skipSized;
    case 'array':
      return skipBlocks(schema.items, '', maker, depth);
    case 'map':
      return skipBlocks(schema.values, skipSized, maker, depth);
    case 'union': {
      const index = code.name('i');
      const cases = schema.branches.map((branch, number) =>
        code.nested(() => `case ${2 * number}: {\n${generateSkip(branch, maker, depth)}break;\n}\n`),
      );
      return `${maker.varint(index)}switch (${index}) {\n${cases.join('')}default: ${maker.call('giveUp')}();\n}\n`;
    }
    default:
      return `${maker.skipFunction(schema)}(b, p, e, d + ${depth});\np = ${at};\n`;
  }
}

function skipBlocks(item: AvroSchema, before: string, maker: DecoderMaker, depth: number): string {
  const [count, start] = [maker.code.name('n'), maker.code.name('q')];
  const body = maker.code.nested(() => generateSkip(item, maker, depth));
  const giveUp = maker.call('giveUp');
  return `for (;;) {
let ${count} = ${maker.call('count')}(b, p); p = ${maker.at};
if (${count} === 0) break;
if (${count} < 0) { p = ${maker.call('length')}(b, p, e) + ${maker.at}; continue; }
for (; ${count} > 0; ${count}--) {
if (p > e) ${giveUp}();
const ${start} = p;
${before}${body}if (p === ${start}) ${maker.call('countEmptyItem')}();
}
}
`;
}

/** The body of a function that passes over a record. */
export function skipRecord(schema: RecordSchema, maker: DecoderMaker): string {
  const fields = schema.fields.map((field) => generateSkip(field.schema, maker, 1));
  const giveUp = maker.call('giveUp');
  const begin = `if (d >= ${MAX_RECORD_DEPTH} || p > e) ${giveUp}();\nconst q = p;\n`;
  const countEmpty = fields.length > 0 ? `if (p === q) ${maker.call('countEmptyItem')}();\n` : '';
  return `${begin}${fields.join('')}${countEmpty}${maker.at} = p;`;
}
