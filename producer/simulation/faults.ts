import { frame, parseFrame } from '#avro/frame.ts';
import type { OutgoingRecord } from '#producer/ports.ts';
import type { Random } from '#producer/simulation/random.ts';

/** The ways in which producers break a contract; all but the last become dead letters. */
export const FAULTS = [
  'no frame',
  '1 to 4 bytes',
  'unknown id',
  'id of another subject',
  'truncated',
  'garbage',
  'trailing bytes',
  'invalid value',
  'null value',
] as const;
export type Fault = (typeof FAULTS)[number];

/** Far above what any registry of this size gives out. */
const UNKNOWN_ID = 2_000_000_000;

/** The record, broken in one way. Its key stays, so it goes where the whole one would have gone. */
export function breakRecord(
  record: OutgoingRecord,
  fault: Fault,
  foreignId: number,
  random: Random,
): OutgoingRecord {
  const value = record.value ?? new Uint8Array();
  const { schemaId, payload } = parseFrame(value) ?? { schemaId: foreignId, payload: value };
  return { ...record, value: broken() };

  function broken(): Uint8Array | null {
    switch (fault) {
      case 'no frame':
        return Buffer.from(JSON.stringify({ sentBy: 'somebody who forgot the serializer' }));
      case '1 to 4 bytes':
        return random.bytes(random.integer(1, 4));
      case 'unknown id':
        return frame(UNKNOWN_ID, payload);
      case 'id of another subject':
        return frame(foreignId, payload);
      case 'truncated':
        return frame(schemaId, payload.subarray(0, random.integer(0, payload.length - 1)));
      case 'garbage':
        return frame(schemaId, random.bytes(random.integer(8, 64)));
      case 'trailing bytes':
        return frame(schemaId, Buffer.concat([payload, random.bytes(random.integer(1, 8))]));
      case 'invalid value':
        return frame(schemaId, withoutUuid(payload));
      case 'null value':
        return null;
    }
  }
}

/** The first field is the event's id: a length, then its text. The copy decodes, and holds no UUID. */
function withoutUuid(payload: Uint8Array): Uint8Array {
  const copy = Buffer.from(payload);
  copy.write('not-a-uuid', 1, 'latin1');
  return copy;
}
