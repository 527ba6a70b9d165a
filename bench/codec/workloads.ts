import { avscForm, avscWithSameValues, plainAvsc } from '#avro/avsc-peer.ts';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { FRAME_BYTES, schemaIdOf } from '#avro/frame.ts';
import type { AvroSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { ADDED, EVENT_FIELDS, eventSchema, PROJECTED } from '#bench/codec/event-shape.ts';
import type { Candidate } from '#bench/codec/interleave.ts';
import { type Shape, valuesOf } from '#bench/codec/shapes.ts';

export interface Workload {
  readonly baseline: Candidate;
  readonly candidate: Candidate;
}

export const SCHEMA_ID = 7;
const COUNT = 10_000;
const BATCH = 1000;

/** What a workload is made of. */
export interface Material {
  readonly json: unknown;
  readonly schema: AvroSchema;
  /** In Zoner's value form. */
  readonly values: readonly unknown[];
  /** The same for avsc. */
  readonly avscValues: readonly unknown[];
  /** Framed values, each a view of one buffer, as from a Kafka fetch. */
  readonly messages: readonly Buffer[];
}

export function material(shape: Shape, numbers = false): Material {
  const schema = parseSchema(JSON.stringify(shape.schema));
  const values = valuesOf(shape, COUNT);
  const avscValues = values.map((value) => avscForm(schema, value, { numbers }));
  return { json: shape.schema, schema, values, avscValues, messages: framed(schema, values) };
}

/** Every value framed, as views of one buffer. */
export function framed(schema: AvroSchema, values: readonly unknown[]): readonly Buffer[] {
  const { bytes, ends } = compileEncoder(schema).encodeBatch(SCHEMA_ID, values);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

/** avsc's bytes behind the five of the frame. */
export function avscEncode(given: Material, numbers = false): Candidate {
  const type = numbers ? plainAvsc(given.json) : avscWithSameValues(given.json);
  const run = (index: number): Buffer => {
    const payload = type.toBuffer(at(given.avscValues, index));
    const message = Buffer.allocUnsafe(FRAME_BYTES + payload.length);
    message[0] = 0;
    message.writeUInt32BE(SCHEMA_ID, 1);
    message.set(payload, FRAME_BYTES);
    return message;
  };
  return { perRun: 1, run };
}

export function zonerEncode(given: Material): Candidate {
  const { encodeFramed } = compileEncoder(given.schema);
  return { perRun: 1, run: (index) => encodeFramed(SCHEMA_ID, at(given.values, index)) };
}

export function zonerEncodeBatch(given: Material): Candidate {
  const { encodeBatch } = compileEncoder(given.schema);
  const batches = Array.from({ length: COUNT / BATCH }, (_, index) =>
    given.values.slice(index * BATCH, (index + 1) * BATCH),
  );
  return { perRun: BATCH, run: (index) => encodeBatch(SCHEMA_ID, at(batches, index)) };
}

/** Check the frame, find the type by its id, decode a view of the rest. */
export function avscDecode(given: Material, numbers = false): Candidate {
  const types = new Map([[SCHEMA_ID, numbers ? plainAvsc(given.json) : avscWithSameValues(given.json)]]);
  const run = (index: number): unknown => {
    const message = at(given.messages, index);
    if (message[0] !== 0) throw new Error('no frame');
    return types.get(message.readUInt32BE(1))?.fromBuffer(message.subarray(FRAME_BYTES));
  };
  return { perRun: 1, run };
}

export function zonerDecode(messages: readonly Buffer[], writer: AvroSchema, reader: AvroSchema): Candidate {
  const decoders = new Map([[SCHEMA_ID, compileDecoder(writer, reader)]]);
  const run = (index: number): unknown => {
    const message = at(messages, index);
    return decoders.get(schemaIdOf(message))?.decodeAt(message, FRAME_BYTES, message.length);
  };
  return { perRun: 1, run };
}

const schemaOf = (names: readonly string[]): AvroSchema =>
  parseSchema(JSON.stringify(eventSchema(names, true)));

/** The event as it was before some fields were added; the baseline decodes today's messages without resolution. */
function olderWriter(given: Material): Workload {
  const older = schemaOf(EVENT_FIELDS.filter((name) => !(name in ADDED)));
  const values = given.values.map((value) => ({ ...(value as object) }));
  for (const value of values as Record<string, unknown>[])
    for (const name of Object.keys(ADDED)) delete value[name];
  return { baseline: avscDecode(given), candidate: zonerDecode(framed(older, values), older, given.schema) };
}

const WORKLOADS: Readonly<Record<string, (shape: Shape) => Workload>> = {
  'A/A encode': (shape) => {
    const given = material(shape);
    return { baseline: avscEncode(given), candidate: avscEncode(given) };
  },
  'A/A decode': (shape) => {
    const given = material(shape);
    return { baseline: avscDecode(given), candidate: avscDecode(given) };
  },
  encode: (shape) => {
    const given = material(shape);
    return { baseline: avscEncode(given), candidate: zonerEncode(given) };
  },
  'encode batch': (shape) => {
    const given = material(shape);
    return { baseline: avscEncode(given), candidate: zonerEncodeBatch(given) };
  },
  decode: (shape) => {
    const given = material(shape);
    return {
      baseline: avscDecode(given),
      candidate: zonerDecode(given.messages, given.schema, given.schema),
    };
  },
  'encode against numbers': (shape) => {
    const given = material(shape, true);
    return { baseline: avscEncode(given, true), candidate: zonerEncode(given) };
  },
  'decode against numbers': (shape) => {
    const given = material(shape, true);
    return {
      baseline: avscDecode(given, true),
      candidate: zonerDecode(given.messages, given.schema, given.schema),
    };
  },
  'older writer': (shape) => olderWriter(material(shape)),
  projection: (shape) => {
    const given = material(shape);
    return {
      baseline: avscDecode(given),
      candidate: zonerDecode(given.messages, given.schema, schemaOf(PROJECTED)),
    };
  },
};

/** A workload, after a check that both sides make the same bytes and values. */
export function workload(task: string, shape: Shape): Workload {
  const make = WORKLOADS[task];
  if (make === undefined) throw new Error(`no workload is called ${task}`);
  const given = material(shape);
  checkSame(given);
  return make(shape);
}

function checkSame(given: Material): void {
  const avsc = avscEncode(given);
  const zoner = zonerEncode(given);
  const decodedByAvsc = avscDecode(given);
  const decoded = zonerDecode(given.messages, given.schema, given.schema);
  for (let index = 0; index < COUNT; index += 1) {
    if (!(avsc.run(index) as Buffer).equals(zoner.run(index) as Buffer))
      throw new Error('avsc writes other bytes');
    const ours = decoded.run(index);
    if (textOf(ours) !== textOf(at(given.values, index))) throw new Error('a value does not come back');
    if (textOf(decodedByAvsc.run(index)) !== textOf(avscForm(given.schema, ours)))
      throw new Error('avsc reads another value');
  }
}

/** Classes and prototypes differ by design, so values are compared as text. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each));
}
