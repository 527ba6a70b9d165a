import { compileDecoder, type Decoder } from '#avro/codec.ts';
import type { AvroSchema } from '#avro/model.ts';
import type { Contract } from '#contract/contract.ts';
import { isZonerError, type ZonerError } from '#core/errors.ts';

/** Reads records to one contract's schema, whatever schema they were written with. */
export interface Reader {
  readonly contract: Contract;
  /** The decoder from this writer, or why no record of this writer can ever be read. Compiled once a writer. */
  from(writer: AvroSchema): Decoder | ZonerError;
}

/** A reader whose verdicts are kept as long as the writer's model is: the schema store bounds how many there are. */
export function createReader(contract: Contract): Reader {
  const compiled = new WeakMap<AvroSchema, Decoder | ZonerError>();
  return {
    contract,
    from(writer) {
      const known = compiled.get(writer);
      if (known !== undefined) return known;
      const verdict = compile(writer, contract);
      compiled.set(writer, verdict);
      return verdict;
    },
  };
}

function compile(writer: AvroSchema, contract: Contract): Decoder | ZonerError {
  try {
    return compileDecoder(writer, contract.root);
  } catch (error) {
    if (isZonerError(error, 'WRITER_INCOMPATIBLE')) return error;
    throw error;
  }
}
