import { compileEncoder } from '#avro/codec.ts';
import type { Contract } from '#contract/contract.ts';
import type { RecordMaker } from '#producer/encode-record.ts';
import type { SchemaIds } from '#producer/ports.ts';

/**
 * The maker of a contract's records where no generated type is at hand.
 * @throws ZonerError NOT_REGISTERED, REGISTRY_UNAVAILABLE, REGISTRY_AUTH
 */
export async function contractMaker(contract: Contract, schemaIds: SchemaIds): Promise<RecordMaker> {
  const { topic, key, subject, types, root } = contract;
  const registered = types.find((type) => type.subject === subject);
  if (registered === undefined) throw new Error(`${subject} is none of its contract's types`);
  const schemaId = await schemaIds.idOf(subject, registered.text, registered.references);
  return { topic, key, schemaId, encoder: compileEncoder(root) };
}
