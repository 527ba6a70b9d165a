import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileEncoder } from '#avro/codec.ts';
import { frame } from '#avro/frame.ts';
import { deadLetter } from '#consumer/dead-letter.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import type { Config } from '#core/config.ts';
import { createKafka } from '#kafka/kafkajs-client.ts';
import { createKafkajsOffsets } from '#kafka/kafkajs-offsets.ts';
import { createKafkajsProducer } from '#kafka/kafkajs-producer.ts';
import { createRegistryClient } from '#registry/client.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { qualified } from '#snowflake/names.ts';

/** What stands behind the console. */
export interface Behind {
  readonly contracts: number;
  /** Of each contract; one in fifty is a dead letter, all others are rows. */
  readonly records: number;
}

const EVERY_LETTER = 50;
const GROUP = 'zoner-warehouse';

/** A folder of contracts of one shape. @returns them */
export async function writeContracts(folder: string, count: number): Promise<readonly Contract[]> {
  for (let index = 0; index < count; index += 1) {
    const name = `order-${String(index).padStart(3, '0')}`;
    const type = `Order${index}`;
    const topic = name.replaceAll('-', '_');
    const fields = [
      { name: 'user', type: 'string', pii: true },
      { name: 'amount', type: 'int' },
      { name: 'note', type: 'string', default: '' },
    ];
    const root = {
      type: 'record',
      name: type,
      namespace: 'bench.orders',
      doc: 'What somebody bought.',
      fields,
    };
    const contract = {
      topic,
      key: 'user',
      compatibility: 'BACKWARD',
      table: topic.toUpperCase(),
      partitions: 1,
    };
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, `${name}.avsc`), JSON.stringify(root));
    await writeFile(join(folder, name, 'contract.json'), JSON.stringify(contract));
  }
  return loadContracts(folder);
}

/** Writes records, rows, letters and commits as a consumer that is at the end would have left them. */
export async function fill(
  config: Config,
  contracts: readonly Contract[],
  { records }: Behind,
  tell: (line: string) => void,
): Promise<void> {
  const producer = createKafkajsProducer(config.kafka);
  const registry = createRegistryClient(config.registry);
  const offsets = createKafkajsOffsets(config.kafka);
  const clusterId = await offsets.clusterId();
  await offsets.close();
  for (const [index, contract] of contracts.entries()) {
    const [{ id = 0 } = {}] = [(await registry.versionSchema(contract.subject, 'latest')) ?? {}];
    const all = recordsOf(contract, id, records);
    await producer.send(all.map((each) => ({ ...each, timestamp: null })));
    const facts = { clusterId, group: GROUP, appVersion: '0', now: BigInt(Date.now()) };
    await producer.send(
      all.filter(isRefused).map((record) =>
        deadLetter(
          {
            record,
            origin: record,
            code: 'NO_FRAME',
            reason: 'bytes without a frame',
            schemaId: null,
            subjects: [],
          },
          contract,
          facts,
        ),
      ),
    );
    if (index % 20 === 19) tell(`${index + 1} topics are filled`);
  }
  await producer.close();
  await commitAll(config, contracts, records);
  tell('the group is at the end');
  await insertRows(config, contracts, records);
}

const isRefused = ({ offset }: { readonly offset: bigint }): boolean => Number(offset) % EVERY_LETTER === 0;

function recordsOf({ topic, root }: Contract, schemaId: number, count: number): readonly KafkaRecord[] {
  const encoder = compileEncoder(root);
  return Array.from({ length: count }, (_, index) => {
    const offset = BigInt(index);
    const good = frame(schemaId, encoder.encode({ user: `user-${index % 997}`, amount: index, note: 'n' }));
    const value = isRefused({ offset }) ? Buffer.from('no frame') : good;
    return {
      topic,
      partition: 0,
      offset,
      timestamp: 0n,
      key: Buffer.from(`user-${index % 997}`),
      value,
      headers: [],
    };
  });
}

/** In one transaction: kafkajs' admin client would join the group once a topic. */
async function commitAll(config: Config, contracts: readonly Contract[], records: number): Promise<void> {
  const producer = createKafka(config.kafka).producer({
    transactionalId: 'zoner-bench-console',
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  const partitions = [{ partition: 0, offset: String(records) }];
  const topics = contracts.map(({ topic }) => ({ topic, partitions }));
  await transaction.sendOffsets({ consumerGroupId: GROUP, topics });
  await transaction.commit();
  await producer.disconnect();
}

/** Rows of the last two hours, a table at a time. */
async function insertRows(config: Config, contracts: readonly Contract[], records: number): Promise<void> {
  if (config.snowflake === null) throw new Error('no warehouse');
  const warehouse = createWarehouse(config.snowflake, { appVersion: '0' });
  const now = Date.now();
  const rows = Array.from({ length: records }, (_, index) => index)
    .filter((index) => !isRefused({ offset: BigInt(index) }))
    .map((index) => ({ o: index, t: new Date(now - (index % 7200) * 1000).toISOString() }));
  const binds = [JSON.stringify(rows)];
  for (const { table, topic } of contracts) {
    await warehouse.execute(
      `INSERT INTO ${qualified(config.snowflake, table)} ("USER", "AMOUNT", "NOTE", "_TOPIC", "_PARTITION", "_OFFSET", "_TIMESTAMP", "_SCHEMA_ID", "_VALUE_SHA256", "_LOADED_AT")
SELECT 'u', 1, 'n', '${topic}', 0, f.VALUE:"o"::VARCHAR::NUMBER(19,0), f.VALUE:"t"::VARCHAR::TIMESTAMP_TZ(3), 1, 'x', f.VALUE:"t"::VARCHAR::TIMESTAMP_TZ(3) FROM LATERAL FLATTEN(INPUT => PARSE_JSON(?)) AS f`,
      binds,
    );
  }
  await warehouse.close();
}
