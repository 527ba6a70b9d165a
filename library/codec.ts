/** `zoner/codec`: Avro schemas, the frame of a registry, and values in binary and in JSON form. */
export {
  type CodecMode,
  codecMode,
  compileDecoder,
  compileEncoder,
  type Decoder,
  type Encoder,
} from '#avro/codec.ts';
export { Decimal } from '#avro/decimal.ts';
export { fingerprint } from '#avro/fingerprint.ts';
export { type Framed, frame, parseFrame } from '#avro/frame.ts';
export { fromJson } from '#avro/from-json.ts';
export { type Json, toJson } from '#avro/json-form.ts';
export type { AvroSchema, RecordSchema } from '#avro/model.ts';
export { type ParseOptions, parseSchema } from '#avro/parse.ts';
