import { WAREHOUSE_GROUP } from '#cli/groups.ts';
import { type LetterSession, openLetters } from '#cli/letter-session.ts';
import { type ContractOptions, contractsFolder } from '#cli/options.ts';
import type { Resources } from '#cli/resources.ts';
import { schemaHistory } from '#cli/schema-history.ts';
import type { Shell } from '#cli/shell.ts';
import { gatherRuns } from '#client/gather-runs.ts';
import { type Board, type BoardDeps, createBoard } from '#console/board.ts';
import { type RecordLife, type RecordPlace, readLife } from '#console/record-life.ts';
import type { Contract } from '#contract/contract.ts';
import { EMPTY_LOCK } from '#contract/lock/lock.ts';
import { readLock } from '#contract/lock/lock-file.ts';
import type { Config } from '#core/config.ts';
import type { Log } from '#core/log.ts';
import { APP_VERSION } from '#core/version.ts';
import type { RegistryClient } from '#registry/client.ts';

interface OpenBoard {
  readonly board: Board;
  readLife(contract: Contract, place: RecordPlace): Promise<RecordLife>;
}

/** A board on the services of an environment. Their connections end with the command. */
export async function openBoard(
  shell: Shell,
  config: Config,
  options: ContractOptions,
  log: Log,
  resources: Resources,
): Promise<OpenBoard> {
  const session = await openLetters(shell, [], options, resources);
  const { kafkaClient } = await import('#kafka/kafka-client.ts');
  const { readRecord } = await import('#kafka/kafkajs-record.ts');
  const { contracts } = session;
  const offsets = resources.use((await kafkaClient(config.kafka)).offsets(config.kafka));
  const warehouse = await openTables(shell, config, contracts, options, resources);
  // A defect's text may quote values; its name does not.
  const onDefect = (error: unknown): void =>
    log.error({ error: error instanceof Error ? error.name : typeof error }, 'defect');
  const read = contracts.map((contract) => session.readDeps(contract));
  const transport = read[0] === undefined ? null : gatherRuns(read[0].transport);
  const provable = read.map((deps) => ({ ...deps, transport: transport ?? deps.transport }));
  const board = createBoard({
    contracts,
    group: WAREHOUSE_GROUP,
    offsets,
    provable,
    readLock: async () => (await readLock(contractsFolder(shell, options))) ?? EMPTY_LOCK,
    readRegistry: await registryReader(config, contracts),
    warehouse,
    now: Date.now,
    onDefect,
  });
  return {
    board,
    readLife: (contract, place) =>
      readLife(place, {
        contract,
        offsets,
        group: WAREHOUSE_GROUP,
        writers: session.writers,
        prover: proverOf(session, contract),
        readRecord: (at) => readRecord(config.kafka, at),
        findRows: warehouse?.findRows ?? null,
        letters: lettersOf(board, contract),
        onDefect,
      }),
  };
}

const proverOf = (session: LetterSession, contract: Contract) => session.readDeps(contract).prover;

function lettersOf(board: Board, { name }: Contract) {
  const { value, at } = board.letters();
  const letters = value?.get(name);
  return letters === undefined || at === null ? null : { book: letters.book, erased: letters.erased, at };
}

/** What the tables are asked; null without a warehouse. */
async function openTables(
  shell: Shell,
  { snowflake }: Config,
  contracts: readonly Contract[],
  options: ContractOptions,
  resources: Resources,
): Promise<
  | (NonNullable<BoardDeps['warehouse']> & {
      findRows(table: string, place: RecordPlace): Promise<readonly { loadedAt: number; schemaId: number }[]>;
    })
  | null
> {
  if (snowflake === null) return null;
  const { createWarehouse } = await import('#snowflake/driver.ts');
  const { readDeployPlan } = await import('#snowflake/apply.ts');
  const { readRowsByMinute } = await import('#snowflake/rows-by-minute.ts');
  const { findRows } = await import('#snowflake/find-row.ts');
  const warehouse = resources.use(createWarehouse(snowflake, { appVersion: APP_VERSION }));
  const tables = contracts.map(({ table }) => table);
  return {
    rowsByMinute: (since) => readRowsByMinute(warehouse, snowflake, tables, since),
    async plan() {
      const historyOf = await schemaHistory(contractsFolder(shell, options));
      const histories = contracts.map((contract) => ({ contract, history: historyOf(contract) }));
      return readDeployPlan(warehouse, histories, snowflake, { masks: 'if-visible' });
    },
    findRows: (table, place) => findRows(warehouse, snowflake, table, place),
  };
}

/** Reads the registry; a version is read once, for it never changes. */
async function registryReader(
  config: Config,
  contracts: readonly Contract[],
): Promise<BoardDeps['readRegistry']> {
  const { createRegistryClient } = await import('#registry/client.ts');
  const { readRegistryPlan } = await import('#registry/apply.ts');
  const { desiredSubjects } = await import('#registry/desired.ts');
  const { readHistory } = await import('#registry/pull.ts');
  const client = createRegistryClient(config.registry);
  const desired = desiredSubjects(contracts);
  const subjects = [...new Set(contracts.flatMap(({ types }) => types.map(({ subject }) => subject)))];
  const known = new Map<string, Awaited<ReturnType<RegistryClient['versionSchema']>>>();
  const versionSchema: RegistryClient['versionSchema'] = async (subject, version) => {
    const key = `${subject} ${version}`;
    const found = known.get(key) ?? (await client.versionSchema(subject, version));
    if (found !== null) known.set(key, found);
    return found;
  };
  return async () => ({
    held: await readHistory({ ...client, versionSchema }, subjects),
    changes: await readRegistryPlan(client, desired),
  });
}
