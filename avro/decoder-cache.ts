import { LRUCache } from 'lru-cache';
import { compileDecoder, type Decoder } from '#avro/codec.ts';
import { fingerprint } from '#avro/fingerprint.ts';
import type { AvroSchema } from '#avro/model.ts';
import { isZonerError, type ZonerError } from '#core/errors.ts';

/** A decoder, or why no value of this writer can ever be read. */
export type DecoderVerdict = Decoder | ZonerError;

export interface DecoderCacheOptions {
  /** Default 1000. */
  readonly maxEntries?: number;
  /** Roughly the memory of all compiled functions. Default 64 MiB. */
  readonly maxBytes?: number;
}

export interface DecoderCache {
  /**
   * The decoders to one reader schema, by the registry's id of the writer schema. What an id means never changes, so
   * `writer` is looked at only where the decoder is not known.
   */
  forReader(reader: AvroSchema): (writerId: number, writer: AvroSchema) => DecoderVerdict;
}

/** An error keeps its text and little else. */
const VERDICT_BYTES = 1024;

/** Compiled decoders by writer id and reader fingerprint, bounded in number and memory over all readers. */
export function createDecoderCache(options: DecoderCacheOptions = {}): DecoderCache {
  const { maxEntries = 1000, maxBytes = 64 * 1024 * 1024 } = options;
  const known = new LRUCache<string, DecoderVerdict>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: (verdict) => ('weight' in verdict ? verdict.weight : VERDICT_BYTES),
  });
  return {
    forReader(reader) {
      const readerId = fingerprint(reader);
      // Most batches hold one writer's records, and a key costs more than what it finds.
      let last: { readonly writerId: number; readonly verdict: DecoderVerdict } | null = null;
      return (writerId, writer) => {
        if (last !== null && last.writerId === writerId) return last.verdict;
        const key = `${writerId} ${readerId}`;
        const verdict = known.get(key) ?? judge(writer, reader);
        known.set(key, verdict);
        last = { writerId, verdict };
        return verdict;
      };
    },
  };
}

function judge(writer: AvroSchema, reader: AvroSchema): DecoderVerdict {
  try {
    return compileDecoder(writer, reader);
  } catch (error) {
    if (isZonerError(error, 'WRITER_INCOMPATIBLE')) return error;
    throw error;
  }
}
