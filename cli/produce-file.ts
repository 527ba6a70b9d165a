import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fromJson } from '#avro/from-json.ts';
import { logSends } from '#cli/log-sends.ts';
import { type ContractOptions, contractsFolder, selectContracts } from '#cli/options.ts';
import { Resources } from '#cli/resources.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { loadContracts } from '#contract/load.ts';
import { isZonerError, messageOf, ZonerError } from '#core/errors.ts';
import { createLog } from '#core/log.ts';
import { contractMaker } from '#producer/contract-maker.ts';
import { encodeRecord } from '#producer/encode-record.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

const BATCH_SIZE = 500;

/**
 * Sends the values of a file, a line of JSON each, in the JSON form of the contract. What was read before a line that
 * does not fit may have been sent.
 * @param file a path, or `-` for standard input
 * @returns how many were sent
 * @throws ZonerError USAGE that names the line; NOT_REGISTERED, KAFKA_UNAVAILABLE, TOPIC_MISSING
 */
export async function produceFile(
  shell: Shell,
  contractName: string | undefined,
  file: string,
  options: ContractOptions,
): Promise<number> {
  await using resources = new Resources();
  const settings = loadSettings(shell, options.env);
  const all = await loadContracts(contractsFolder(shell, options));
  const [contract, other] = selectContracts(all, contractName === undefined ? [] : [contractName]);
  if (contract === undefined || other !== undefined)
    throw new ZonerError('USAGE', 'name the contract whose values the file holds');
  const { kafkaClient } = await import('#kafka/kafka-client.ts');
  const { createSchemaIds } = await import('#registry/schema-ids.ts');
  const broker = resources.use((await kafkaClient(settings.kafka)).producer(settings.kafka));
  const transport = logSends(broker, createLog(settings.logLevel), 'info');
  const maker = await contractMaker(contract, createSchemaIds(settings.registry));
  let batch: OutgoingRecord[] = [];
  let sent = 0;
  const flush = async (): Promise<void> => {
    await transport.send(batch);
    sent += batch.length;
    batch = [];
  };
  let number = 0;
  for await (const line of linesOf(shell, file)) {
    number += 1;
    shell.signal.throwIfAborted();
    if (line.trim() === '') continue;
    try {
      batch.push(encodeRecord(maker, fromJson(contract.root, JSON.parse(line))));
    } catch (error) {
      if (!isZonerError(error, 'VALUE_INVALID') && !(error instanceof SyntaxError)) throw error;
      throw new ZonerError('USAGE', `${file}, line ${number}: ${messageOf(error)}`, { cause: error });
    }
    if (batch.length === BATCH_SIZE) await flush();
  }
  await flush();
  return sent;
}

async function* linesOf(shell: Shell, file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(resolve(shell.directory, file));
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw new ZonerError('FILE_UNREADABLE', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}
