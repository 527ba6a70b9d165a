import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openScanDeps } from '#cli/open-scan.ts';
import { type ContractOptions, contractsFolder, selectContracts } from '#cli/options.ts';
import type { Resources } from '#cli/resources.ts';
import { schemaHistory } from '#cli/schema-history.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import type { WriterSchemas } from '#consumer/ports.ts';
import { createReader } from '#consumer/reader.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import type { ReadDeps, WriteDeps } from '#dead-letters/ports.ts';
import { createProver, type Prover } from '#dead-letters/prove.ts';
import type { RegistryClient } from '#registry/client.ts';
import { rowOf } from '#snowflake/row.ts';
import { tableOf } from '#snowflake/table.ts';

/** What the commands about dead letters share: contracts, and connections that end with the command. */
export interface LetterSession {
  readonly contracts: readonly Contract[];
  readonly registry: Pick<RegistryClient, 'subjectsOfId'>;
  readonly writers: WriterSchemas;
  readDeps(contract: Contract): ReadDeps & { readonly prover: Prover };
  /** @param doing what the ledger calls this run */
  writeDeps(contract: Contract, doing: string): Promise<WriteDeps>;
}

/** @param names of contracts; all if none is named */
export async function openLetters(
  shell: Shell,
  names: readonly string[],
  options: ContractOptions,
  resources: Resources,
): Promise<LetterSession> {
  const config = loadSettings(shell, options.env);
  const folder = contractsFolder(shell, options);
  const contracts = selectContracts(await loadContracts(folder), names);
  const historyOf = await schemaHistory(folder);
  const { createRegistryClient } = await import('#registry/client.ts');
  const { createSchemaStore } = await import('#registry/schema-store.ts');
  const registry = createRegistryClient(config.registry);
  const writers = createSchemaStore(registry);
  const scanDeps = await openScanDeps(shell, config, resources);
  const proverOf = (contract: Contract): Prover => {
    const table = tableOf(contract, historyOf(contract));
    const loadedAt = new Date().toISOString();
    return createProver({
      reader: createReader(contract),
      writers,
      rowProblem(accepted) {
        const row = rowOf(table, contract.root, accepted, loadedAt);
        return 'reason' in row ? row.reason : null;
      },
    });
  };
  return {
    contracts,
    registry,
    writers,
    readDeps: (contract) => ({ ...scanDeps, contract, prover: proverOf(contract) }),
    async writeDeps(contract, doing) {
      const { kafkaClient } = await import('#kafka/kafka-client.ts');
      return {
        ...scanDeps,
        contract,
        producer: resources.use((await kafkaClient(config.kafka)).producer(config.kafka)),
        run: `${doing}-${randomUUID()}`,
        now: Date.now,
        clock: () => performance.now(),
        pause: (ms) => sleep(ms, undefined, { signal: shell.signal }),
      };
    },
  };
}
