import { compileEncoder } from '#avro/codec.ts';
import { parseSchema } from '#avro/parse.ts';
import type { ContractValue } from '#generated/contract-value.ts';
import { encodeRecords, type RecordMaker } from '#producer/encode-record.ts';
import type { Headers, ProducerTransport, SchemaIds } from '#producer/ports.ts';

export interface ProducerDeps {
  readonly transport: ProducerTransport;
  readonly schemaIds: SchemaIds;
}

export interface WithHeaders<Write> {
  readonly value: Write;
  readonly headers: Headers;
}

export interface Producer {
  /**
   * Looks the schema's id up, so that a producer whose schema is not registered refuses to start.
   * @throws ZonerError NOT_REGISTERED, REGISTRY_UNAVAILABLE, REGISTRY_AUTH
   */
  prepare<Read, Write>(contract: ContractValue<Read, Write>): Promise<RecordMaker>;
  /**
   * Resolves when every value is acknowledged by all in-sync replicas. None is sent if one does not fit.
   * @throws ZonerError VALUE_INVALID, KAFKA_UNAVAILABLE, TOPIC_MISSING, and as `prepare`
   */
  send<Read, Write>(contract: ContractValue<Read, Write>, ...values: NoInfer<Write>[]): Promise<void>;
  /** The same for values whose records carry headers of their own. */
  sendWithHeaders<Read, Write>(
    contract: ContractValue<Read, Write>,
    values: readonly WithHeaders<NoInfer<Write>>[],
  ): Promise<void>;
  close(): Promise<void>;
}

/** A producer for any number of contracts. It never registers a schema. */
export function createProducer({ transport, schemaIds }: ProducerDeps): Producer {
  const makers = new Map<string, Promise<RecordMaker>>();
  const make = async (contract: ContractValue<unknown, unknown>): Promise<RecordMaker> => {
    const { topic, key, types } = contract;
    const schemaId = await schemaIds.idOf(types);
    return { topic, key, schemaId, encoder: compileEncoder(parseSchema(contract.schema)) };
  };
  const prepare = (contract: ContractValue<unknown, unknown>): Promise<RecordMaker> => {
    const id = `${contract.subject} ${contract.fingerprint}`;
    const known = makers.get(id);
    if (known !== undefined) return known;
    // A failed look-up is forgotten, so that the next send asks again.
    const made = make(contract).catch((error: unknown) => {
      makers.delete(id);
      throw error;
    });
    makers.set(id, made);
    return made;
  };
  return {
    prepare,
    async send(contract, ...values) {
      const maker = await prepare(contract);
      await transport.send(encodeRecords(maker, values));
    },
    async sendWithHeaders(contract, values) {
      const maker = await prepare(contract);
      const records = encodeRecords(
        maker,
        values.map(({ value }) => value),
      );
      await transport.send(
        records.map((record, index) => ({ ...record, headers: values[index]?.headers ?? [] })),
      );
    },
    close: () => transport.close(),
  };
}
