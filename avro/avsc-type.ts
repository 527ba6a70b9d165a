import avsc from 'avsc';
import { PROMOTION, Promotion } from '#avro/avsc-promotion.ts';
import { type AvscRole, avscSchema } from '#avro/avsc-schema.ts';
import type { AvroSchema } from '#avro/model.ts';

/** Bigint for every long: avsc's own longs lose precision beyond 2^53. It hands over and takes raw varints. */
const bigintLong = avsc.types.LongType.__with(
  {
    fromBuffer: (bytes: Buffer): bigint => {
      let raw = 0n;
      for (let index = bytes.length - 1; index >= 0; index -= 1)
        raw = (raw << 7n) | BigInt((bytes[index] ?? 0) & 0x7f);
      return (raw >> 1n) ^ -(raw & 1n);
    },
    toBuffer: (value: bigint): Buffer => {
      let raw = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
      const bytes: number[] = [];
      while (raw > 0x7fn) {
        bytes.push(Number(raw & 0x7fn) | 0x80);
        raw >>= 7n;
      }
      bytes.push(Number(raw));
      return Buffer.from(bytes);
    },
    fromJSON: (json: number | string): bigint => BigInt(json),
    toJSON: (value: bigint): string => String(value),
    isValid: (value: unknown): boolean => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
    compare: (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0),
  },
  true,
);

/** avsc's type of a schema. avsc sees base types only, and every union is wrapped, whatever its branches. */
export function avscType(schema: AvroSchema, role: AvscRole): avsc.Type {
  const options = {
    wrapUnions: 'always',
    omitRecordMethods: true,
    logicalTypes: { [PROMOTION]: Promotion },
    typeHook: (given: unknown) => (given === 'long' ? bigintLong : undefined),
  } as const;
  return avsc.Type.forSchema(
    avscSchema(schema, role) as avsc.Schema,
    options as unknown as Partial<avsc.ForSchemaOptions>,
  );
}
