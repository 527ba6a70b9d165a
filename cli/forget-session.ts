import { setTimeout as sleep } from 'node:timers/promises';
import { RECOMMENDATIONS_GROUP, WAREHOUSE_GROUP } from '#cli/groups.ts';
import { openLetters } from '#cli/letter-session.ts';
import { type ContractOptions, contractsFolder } from '#cli/options.ts';
import type { Resources } from '#cli/resources.ts';
import { schemaHistory } from '#cli/schema-history.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { openWarehouse } from '#cli/snowflake-session.ts';
import { awaitGroup } from '#consumer/await-group.ts';
import type { Contract } from '#contract/contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import { ZonerError } from '#core/errors.ts';
import { personHash } from '#erasure/person-hash.ts';
import type { EraseDeps, PersonalContract, PersonState } from '#erasure/ports.ts';
import { TripPlan } from '#generated/trip-plan/types.ts';
import { UserActivity } from '#generated/user-activity/types.ts';
import { createPersonRows } from '#snowflake/erase-rows.ts';
import { tableOf } from '#snowflake/table.ts';

/** What recommendations are folded from. */
const FOLDED: readonly string[] = [UserActivity.name, TripPlan.name];
const POLL_MS = 200;
const PATIENCE_MS = 5000;

/** What erasing a person needs, for each of these contracts; all that name a person if none is named. */
export async function openErasure(
  shell: Shell,
  person: string,
  names: readonly string[],
  options: ContractOptions,
  resources: Resources,
): Promise<readonly EraseDeps[]> {
  const session = await openLetters(shell, names, options, resources);
  const contracts = personal(session.contracts, names.length > 0);
  const config = loadSettings(shell, options.env);
  const { config: place, warehouse } = openWarehouse(shell, options, resources);
  const historyOf = await schemaHistory(contractsFolder(shell, options));
  const { createKafkajsTopics } = await import('#kafka/kafkajs-topics.ts');
  const { removeBefore } = await import('#kafka/kafkajs-remove-records.ts');
  const admin = createKafkajsTopics(config.kafka);
  let state: PersonState | null = null;
  const opened: EraseDeps[] = [];
  for (const contract of contracts) {
    if (FOLDED.includes(contract.name) && state === null) {
      const { openRedisStore } = await import('#recommendations/redis-store.ts');
      state = resources.use(await openRedisStore(config.redis));
    }
    const { topic, person: field, key } = contract;
    const table = tableOf(contract, historyOf(contract));
    const readers = contract.protection?.readers ?? null;
    const isKey = key === field;
    opened.push({
      ...(await session.writeDeps(contract, 'forget')),
      contract,
      writers: session.writers,
      async settingsOf(topics) {
        const { topics: found } = await admin.read(topics);
        return new Map([...found].map(([name, { settings }]) => [name, settings]));
      },
      removeBefore: (name, next) => removeBefore(config.kafka, name, next),
      rows: createPersonRows(warehouse, person, { table, place, topic, field, isKey, readers }),
      state: FOLDED.includes(contract.name) ? state : null,
      hash: config.erasureKey === null ? null : personHash(person, config.erasureKey),
    });
  }
  return opened;
}

function personal(contracts: readonly Contract[], areNamed: boolean): readonly PersonalContract[] {
  const found = contracts.filter((each): each is PersonalContract => each.person !== null);
  const without = contracts.filter(({ person }) => person === null).map(({ name }) => name);
  if (found.length > 0 && !(areNamed && without.length > 0)) return found;
  throw new ZonerError('CONTRACT_INVALID', `no person is named by: ${without.join(', ')}`, {
    remedy: 'Add "person" to contract.json: the string field that names whom a record is about.',
  });
}

/**
 * Consumers that run learnt at their start which records were erased. So they have to be past what is erased now; those
 * that start later read the journal.
 * @throws ZonerError PLAN_REFUSED if one has not come there and stands still
 */
export async function requireConsumed(
  ends: ReadonlyMap<number, bigint>,
  { contract, offsets, state, clock, signal }: EraseDeps,
): Promise<void> {
  const { source, retry } = topicNames(contract.topic);
  const pause = (): Promise<void> => sleep(POLL_MS, undefined, { signal });
  const groups = state === null ? [WAREHOUSE_GROUP] : [WAREHOUSE_GROUP, RECOMMENDATIONS_GROUP];
  for (const group of groups) {
    for (const topic of [source, retry]) {
      // Nothing was committed: the group reads the journal before its first record.
      if ((await offsets.committed(group, topic)).size === 0) continue;
      const ranges = await offsets.ranges(topic);
      const until = new Map(
        [...ranges].map(([partition, { low, high }]) => {
          return [partition, { low, high: topic === source ? (ends.get(partition) ?? low) : high }];
        }),
      );
      if (await awaitGroup(group, topic, until, PATIENCE_MS, { offsets, clock, pause })) continue;
      throw new ZonerError('PLAN_REFUSED', `${group} has not consumed all of ${topic}, and stands still`, {
        remedy:
          group === WAREHOUSE_GROUP
            ? 'Run zoner consume --until-end, then this again; nothing was changed.'
            : 'Run zoner recommend --until-end, then this again; nothing was changed.',
      });
    }
  }
}
