import { SHORT_BYTES } from '#avro/encode-runtime.ts';
import type { EncoderMaker } from '#avro/generate-encoder.ts';
import { logicalValueOf } from '#avro/logical-value.ts';
import type { FixedSchema, PrimitiveSchema } from '#avro/model.ts';

type Scalar = PrimitiveSchema | FixedSchema;

/** Code that checks and writes a scalar. */
export function putScalar(schema: Scalar, given: string, maker: EncoderMaker): string {
  const special = putLogical(schema, given, maker);
  if (special !== null) return special;
  const logical = logicalValueOf(schema);
  if (logical === null) return putBase(schema, given, maker);
  const base = maker.code.name('x');
  // A refusal comes without its path here: the interpreter repeats it with one.
  const made = `const ${base} = ${maker.code.constant(logical)}.toBase(${given}, "");\n`;
  return `${made}${putBase(schema, base, maker)}`;
}

/** Logical types that are worth code of their own. */
function putLogical(schema: Scalar, given: string, maker: EncoderMaker): string | null {
  const { logicalType, type } = schema;
  if (logicalType?.name === 'timestamp-millis') {
    maker.spend(10);
    return `p = ${maker.call('putInstant')}(b, p, ${given});\n`;
  }
  if (logicalType?.name === 'uuid' && type === 'string') {
    maker.spend(37);
    return `p = ${maker.call('putUuid')}(b, p, e, ${given});\n`;
  }
  if (logicalType?.name === 'timestamp-nanos' || logicalType?.name === 'local-timestamp-nanos')
    return putLong(given, maker);
  return null;
}

function putLong(given: string, maker: EncoderMaker): string {
  maker.spend(10);
  const check = maker.refuseUnless(`typeof ${given} === "bigint"`);
  return `${check}p = ${maker.call('putLong')}(b, p, ${given});\n`;
}

function putBase(schema: Scalar, given: string, maker: EncoderMaker): string {
  switch (schema.type) {
    case 'null':
      return maker.refuseUnless(`${given} === null`);
    case 'boolean':
      maker.spend(1);
      return `${maker.refuseUnless(`typeof ${given} === "boolean"`)}b[p++] = ${given} ? 1 : 0;\n`;
    case 'int': {
      maker.spend(5);
      const raw = maker.code.name('r');
      const check = maker.refuseUnless(`typeof ${given} === "number" && (${given} | 0) === ${given}`);
      const put = `if (${raw} >= 0 && ${raw} < 128) b[p++] = ${raw};\nelse p = ${maker.call('putVarint')}(b, p, ${raw});\n`;
      return `${check}const ${raw} = (${given} << 1) ^ (${given} >> 31);\n${put}`;
    }
    case 'long':
      return putLong(given, maker);
    case 'float':
      maker.spend(4);
      return `${maker.refuseUnless(`typeof ${given} === "number"`)}p = ${maker.call('putFloat')}(b, p, ${given});\n`;
    case 'double':
      maker.spend(8);
      return `${maker.refuseUnless(`typeof ${given} === "number"`)}p = ${maker.call('putDouble')}(b, p, ${given});\n`;
    case 'string':
      maker.spend(SHORT_BYTES);
      return `${maker.refuseUnless(`typeof ${given} === "string"`)}p = ${maker.call('putText')}(b, p, e, ${given});\n`;
    case 'bytes':
      maker.spend(5);
      return `p = ${maker.call('putBytes')}(b, p, e, ${given});\n`;
    default:
      return `p = ${maker.call('putFixed')}(b, p, e, ${given}, ${Number(schema.size)});\n`;
  }
}
