import type { DecoderMaker, Piece } from '#avro/generate-decoder.ts';
import { logicalValueOf } from '#avro/logical-value.ts';
import type { ScalarPlan } from '#avro/plan.ts';
import { longToFloat, promote } from '#avro/promote.ts';

/** Code that reads a scalar: the base value of the writer, promoted, with the reader's logical type. */
export function scalarCode(plan: ScalarPlan, maker: DecoderMaker): Piece {
  const { reader, writer } = plan;
  const special = reader.type === writer.type ? logicalCode(plan, maker) : null;
  if (special !== null) return special;
  const base = baseCode(plan, maker);
  const promoted = promotedCode(plan, maker, base);
  const logical = logicalValueOf(reader);
  if (logical === null) return promoted;
  const name = maker.code.name('v');
  // A refusal comes without its path here: the interpreter repeats it with one.
  const text = `${promoted.text}const ${name} = ${maker.code.constant(logical)}.fromBase(${promoted.name}, "");\n`;
  return { name, text };
}

/** Logical types that are worth code of their own. */
function logicalCode({ reader }: ScalarPlan, maker: DecoderMaker): Piece | null {
  const name = maker.code.name('v');
  const calling = (read: string): Piece => ({
    name,
    text: `const ${name} = ${read}(b, p);\np = ${maker.at};\n`,
  });
  switch (reader.logicalType?.name) {
    case 'timestamp-millis':
      return calling(maker.call('instant'));
    case 'local-timestamp-millis':
      return calling(maker.call('clockMillis'));
    // Every 64-bit count of nanoseconds is within the years that can be written.
    case 'timestamp-nanos':
    case 'local-timestamp-nanos':
      return calling(maker.call('long'));
    case 'uuid':
      if (reader.type !== 'string') return null;
      return { name, text: `const ${name} = ${maker.call('uuid')}(b, p, e);\np = ${maker.at};\n` };
    case 'date': {
      const days = maker.code.name('v');
      return { name, text: `${int(days, maker)}const ${name} = ${maker.call('dateText')}(${days});\n` };
    }
    default:
      return null;
  }
}

function int(name: string, maker: DecoderMaker): string {
  return `${maker.varint(name)}${name} = (${name} >>> 1) ^ -(${name} & 1);\n`;
}

function baseCode({ writer }: ScalarPlan, maker: DecoderMaker): Piece {
  const name = maker.code.name('v');
  const calling = (call: string, width: string): string => `const ${name} = ${call};\np = ${width};\n`;
  switch (writer.type) {
    case 'null':
      return { name: 'null', text: '' };
    case 'boolean': {
      const check = `if (b[p] > 1) ${maker.call('giveUp')}();\n`;
      return { name, text: `${check}const ${name} = b[p++] === 1;\n` };
    }
    case 'int':
      return { name, text: int(name, maker) };
    case 'long':
      return { name, text: calling(`${maker.call('long')}(b, p)`, maker.at) };
    case 'float':
      return { name, text: calling(`${maker.call('float')}(b, p)`, 'p + 4') };
    case 'double':
      return { name, text: calling(`${maker.call('double')}(b, p)`, 'p + 8') };
    case 'string':
      return { name, text: calling(`${maker.textCache()}.read(b, p, e)`, maker.at) };
    case 'bytes':
      return { name, text: calling(`${maker.call('bytesOf')}(b, p, e)`, maker.at) };
    default:
      return { name, text: calling(`${maker.call('fixedOf')}(b, p, e, ${Number(writer.size)})`, maker.at) };
  }
}

function promotedCode({ writer, reader }: ScalarPlan, maker: DecoderMaker, base: Piece): Piece {
  const { type: from } = writer;
  const { type: to } = reader;
  if (from === to || from === 'float' || (from === 'int' && to === 'double')) return base;
  const name = maker.code.name('v');
  const becomes = (expression: string): Piece => ({
    name,
    text: `${base.text}const ${name} = ${expression};\n`,
  });
  if (to === 'long') return becomes(`BigInt(${base.name})`);
  if (from === 'int') return becomes(`Math.fround(${base.name})`);
  if (to === 'double') return becomes(`Number(${base.name})`);
  if (to === 'float') return becomes(`${maker.code.constant(longToFloat)}(${base.name})`);
  const promotion = `${maker.code.constant(promote)}(${base.name}, "${from}", "${to}", "")`;
  return becomes(promotion);
}
