import { createHash } from 'node:crypto';

/** A stretch of sleep or of measured light, or the moment of a meal. Times are whole minutes since 1970, UTC. */
export interface Segment {
  readonly kind: SegmentKind;
  /** Eight bytes of the event id's SHA-256, as hex: the same event is the same segment, however often it arrives. */
  readonly id: string;
  readonly end: number;
  readonly minutes: number;
  /** Sleep: 0, or 1 for a nap. Light: lux, see `luxCode`. Meal: caffeine in mg. */
  readonly value: number;
  /** Minutes by which the person's clock was ahead of UTC at the end. */
  readonly offset: number;
}

export const SEGMENT_KINDS = ['sleep', 'light', 'meal'] as const;
export type SegmentKind = (typeof SEGMENT_KINDS)[number];

export const NAP = 1;

/**
 * How many are kept a person, the newest: two weeks of nights with naps, more than two days of light with a report each
 * half hour (what light did before is in the habit), some days of meals.
 */
export const SEGMENTS_KEPT: Readonly<Record<SegmentKind, number>> = { sleep: 32, light: 84, meal: 14 };

/** Bytes of a packed segment. */
export const SEGMENT_BYTES = 18;

const CODES_A_DECADE = 10_000;

/** Lux as 16 bits on a logarithmic scale: within 0.02 % from darkness to 3 million lux. */
export function luxCode(lux: number): number {
  return Math.min(65_535, Math.max(0, Math.round(CODES_A_DECADE * Math.log10(1 + lux))));
}

export function luxOf(code: number): number {
  return 10 ** (code / CODES_A_DECADE) - 1;
}

export function segmentId(eventId: string): string {
  return createHash('sha256').update(eventId).digest('hex').slice(0, 16);
}

/** Packs so that the order of bytes is the order of time: end, id, minutes, value, offset (ahead by 2000), big-endian. */
export function packSegments(segments: readonly Segment[]): Buffer {
  const packed = Buffer.alloc(segments.length * SEGMENT_BYTES);
  for (const [index, { end, id, minutes, value, offset }] of segments.entries()) {
    const at = index * SEGMENT_BYTES;
    packed.writeUInt32BE(end, at);
    packed.write(id, at + 4, 8, 'hex');
    packed.writeUInt16BE(minutes, at + 12);
    packed.writeUInt16BE(value, at + 14);
    packed.writeUInt16BE(offset + 2000, at + 16);
  }
  return packed;
}

export function unpackSegments(kind: SegmentKind, packed: Buffer): readonly Segment[] {
  return Array.from({ length: Math.floor(packed.length / SEGMENT_BYTES) }, (_, index) => {
    const at = index * SEGMENT_BYTES;
    return {
      kind,
      id: packed.toString('hex', at + 4, at + 12),
      end: packed.readUInt32BE(at),
      minutes: packed.readUInt16BE(at + 12),
      value: packed.readUInt16BE(at + 14),
      offset: packed.readUInt16BE(at + 16) - 2000,
    };
  });
}

/**
 * Adds segments of one kind: of each event the greatest version (latest end first), of all the newest, in order. Which
 * way they come, and how often, makes no difference.
 */
export function mergeSegments(
  known: readonly Segment[],
  more: readonly Segment[],
  kept: number,
): readonly Segment[] {
  const byId = new Map<string, Segment>();
  for (const each of [...known, ...more]) {
    const other = byId.get(each.id);
    if (other === undefined || compareSegments(other, each) < 0) byId.set(each.id, each);
  }
  return [...byId.values()].sort(compareSegments).slice(-kept);
}

/** The order of the packed bytes. */
function compareSegments(a: Segment, b: Segment): number {
  if (a.end !== b.end) return a.end - b.end;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.minutes - b.minutes || a.value - b.value || a.offset - b.offset;
}
