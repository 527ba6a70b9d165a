import { createDecoderCache, type DecoderCache, type DecoderVerdict } from '#avro/decoder-cache.ts';
import type { AvroSchema } from '#avro/model.ts';
import type { ErasedPlaces } from '#consumer/erased-places.ts';
import type { ConsumedContract } from '#consumer/ports.ts';

/** Reads records to one contract's schema, whatever schema they were written with. */
export interface Reader {
  readonly contract: ConsumedContract;
  /** Records of the contract's topic that are passed over; absent: none. */
  readonly erased?: ErasedPlaces;
  /** The decoder from the writer of this id, or why no record of this writer can ever be read. Compiled once a writer. */
  from(schemaId: number, writer: AvroSchema): DecoderVerdict;
}

/** Readers that share a cache share its bounds. */
export function createReader(
  contract: ConsumedContract,
  cache: DecoderCache = createDecoderCache(),
  erased?: ErasedPlaces,
): Reader {
  const from = cache.forReader(contract.root);
  return erased === undefined || erased.isEmpty ? { contract, from } : { contract, from, erased };
}
