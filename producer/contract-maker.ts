import { compileEncoder } from '#avro/codec.ts';
import type { Contract } from '#contract/contract.ts';
import type { RecordMaker } from '#producer/encode-record.ts';
import type { SchemaIds } from '#producer/ports.ts';

/**
 * The maker of a contract's records where no generated type is at hand.
 * @throws ZonerError NOT_REGISTERED, REGISTRY_UNAVAILABLE, REGISTRY_AUTH
 */
export async function contractMaker(contract: Contract, schemaIds: SchemaIds): Promise<RecordMaker> {
  const { topic, key, types, root } = contract;
  const schemaId = await schemaIds.idOf(types);
  return { topic, key, schemaId, encoder: compileEncoder(root) };
}
