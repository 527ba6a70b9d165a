/** Zoner in application code: typed records through the registry and Kafka, with dead letters and holds. */
import { closing } from '#client/closing.ts';
import { type ConsumeOptions, type Consumption, startConsumption } from '#client/consumption.ts';
import type { Handler } from '#consumer/handler-sink.ts';
import { type Config, parseConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { createLog, type Log } from '#core/log.ts';
import type { ContractValue } from '#generated/contract-value.ts';
import type { Producer } from '#producer/producer.ts';

export type { ConsumeOptions, Consumption } from '#client/consumption.ts';
export { type Delivery, type Handler, Refusal } from '#consumer/handler-sink.ts';
export type { RefusalCode } from '#consumer/outcome.ts';
export { type ErrorCode, isZonerError, ZonerError } from '#core/errors.ts';
export type { Log } from '#core/log.ts';
export type { ContractValue } from '#generated/contract-value.ts';

export interface ConnectOptions {
  /** Of the application. The group that consumes a contract is named `<name>-<contract>`. Only sending needs none. */
  readonly name?: string;
  /** The variables of `.env.example`; default: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where holds and stopped topics are told; default: JSON lines on standard error, as `ZONER_LOG` says. */
  readonly log?: Log;
}

export interface Connection extends AsyncDisposable {
  /**
   * Resolves when every value is acknowledged by all in-sync replicas. None is sent if one does not fit its schema. Nothing
   * is registered here: a schema that the registry does not hold is an error that names the command.
   * @throws ZonerError VALUE_INVALID with the field's path, NOT_REGISTERED, KAFKA_UNAVAILABLE, TOPIC_MISSING,
   * REGISTRY_UNAVAILABLE, REGISTRY_AUTH
   */
  send<Read, Write>(contract: ContractValue<Read, Write>, ...values: NoInfer<Write>[]): Promise<void>;
  /**
   * Hands every record of the contract to `handler`, in the order of its partition, from the group's committed offsets or
   * the beginning. A record that breaks the contract becomes a dead letter, and so does one for which the handler throws a
   * `Refusal`. Whatever else it throws holds the partition, and the record is handed to it again. A crash repeats at most the
   * records since the last commit, so a handler must bear to see a record twice.
   * @throws ZonerError USAGE without a name, KAFKA_UNAVAILABLE, TOPIC_MISSING
   */
  consume<Read, Write>(
    contract: ContractValue<Read, Write>,
    handler: Handler<NoInfer<Read>>,
    options?: ConsumeOptions,
  ): Promise<Consumption>;
  /** Lets handlers finish what they began, and closes everything. */
  close(): Promise<void>;
}

/**
 * Nothing is opened before it is needed.
 * @throws ZonerError CONFIG_INVALID that lists every wrong variable
 */
export function connect(options: ConnectOptions = {}): Connection {
  const { name, env = process.env } = options;
  const config = parseConfig(env);
  const log = options.log ?? createLog(config.logLevel);
  const open = closing();
  let producer: Promise<Producer> | null = null;

  const close = (): Promise<void> => open.close();
  return {
    async send(contract, ...values) {
      producer ??= openProducer(config).then((opened) => open.use(opened));
      await (await producer).send(contract, ...values);
    },
    async consume(contract, handler, consumeOptions = {}) {
      if (name === undefined) {
        throw new ZonerError('USAGE', 'to consume, the application needs a name', {
          remedy: "Give it one: connect({ name: 'my-service' }).",
        });
      }
      const group = `${name}-${contract.name}`;
      return startConsumption(contract, handler as Handler<unknown>, {
        ...consumeOptions,
        group,
        config,
        log,
        open,
      });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function openProducer(config: Config): Promise<Producer> {
  const { kafkaClient } = await import('#kafka/kafka-client.ts');
  const { createSchemaIds } = await import('#registry/schema-ids.ts');
  const { createProducer } = await import('#producer/producer.ts');
  const { traceProducer } = await import('#tracing/traced-producer.ts');
  return createProducer({
    transport: traceProducer((await kafkaClient(config.kafka)).producer(config.kafka)),
    schemaIds: createSchemaIds(config.registry),
  });
}
