import type { AddCommand } from '#cli/command.ts';
import { printTally, runConsumption } from '#cli/consumption.ts';
import { RECOMMENDATIONS_GROUP } from '#cli/groups.ts';
import {
  type ContractOptions,
  contractsFolder,
  formatOption,
  portNumber,
  positiveInteger,
  selectContracts,
  withContracts,
} from '#cli/options.ts';
import { printJson } from '#cli/print-json.ts';
import { Resources } from '#cli/resources.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import type { ContractSink } from '#consumer/consume.ts';
import { loadContracts } from '#contract/load.ts';
import type { Config } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { TripPlan } from '#generated/trip-plan/types.ts';
import { UserActivity } from '#generated/user-activity/types.ts';
import type { RedisStore } from '#recommendations/redis-store.ts';
import type { PersonStore } from '#recommendations/store.ts';

interface Options extends ContractOptions {
  readonly untilEnd?: true;
  readonly follow?: true;
  readonly rebuild?: true;
  readonly at?: Date;
  readonly sessionTimeout: number;
  readonly healthPort?: number;
  readonly format: string;
}

/** `zoner recommend`: fill Redis from the topics, or read a person's plan out of it. */
export const addRecommend: AddCommand = (program, shell) => {
  withContracts(program.command('recommend'))
    .argument('[user]', 'a user id; without one the known users are listed')
    .option(
      '--at <instant>',
      'advice as of this moment, ISO 8601 with an offset; now if it is not named',
      instant,
    )
    .option('--until-end', 'fold everything that is there now, then end')
    .option('--follow', 'fold until stopped')
    .option(
      '--rebuild',
      'fold everything from the beginning into a new epoch, which then replaces the old one',
    )
    .option(
      '--session-timeout <ms>',
      'how long the group waits for a member that died',
      positiveInteger,
      45_000,
    )
    .option('--health-port <port>', 'with --follow: answer GET /live, /ready and /metrics there', portNumber)
    .addOption(formatOption('text', 'json'))
    .action(async (user: string | undefined, options: Options) => {
      const modes = [options.untilEnd, options.follow, options.rebuild, user].filter(Boolean);
      if (modes.length > 1) {
        throw new ZonerError('USAGE', 'name a user, or one of --until-end, --follow and --rebuild');
      }
      await using resources = new Resources();
      const config = loadSettings(shell, options.env);
      const { openRedisStore } = await import('#recommendations/redis-store.ts');
      const store = resources.use(await openRedisStore(config.redis));
      // Awaited here, because what `resources` holds is closed on the way out.
      if (options.rebuild) await rebuild(shell, config, store, options);
      else if (options.untilEnd || options.follow) await fold(shell, config, store, options);
      else if (user === undefined) await printUsers(shell, store, options.format);
      else await printAdvice(shell, store, user, options);
    });
};

function instant(text: string): Date {
  const date = new Date(text);
  if (!/(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(date.getTime())) {
    throw new ZonerError('USAGE', `--at needs an instant such as 2026-03-10T08:00:00+01:00, not ${text}`);
  }
  return date;
}

async function sinks(
  shell: Shell,
  options: Options,
  store: Pick<PersonStore, 'add'>,
): Promise<readonly ContractSink[]> {
  const { createActivityFold, createTripFold } = await import('#recommendations/fold.ts');
  const all = await loadContracts(contractsFolder(shell, options));
  const [activity, trip] = selectContracts(all, [UserActivity.name, TripPlan.name]);
  if (activity === undefined || trip === undefined) throw new Error('two contracts were selected');
  return [
    { contract: activity, sink: createActivityFold(store), readsRetries: true },
    { contract: trip, sink: createTripFold(store), readsRetries: true },
  ];
}

async function fold(shell: Shell, config: Config, store: RedisStore, options: Options): Promise<void> {
  const contracts = await sinks(shell, options, store);
  if (!(await store.hasEpoch())) {
    if (await hasFolded(config, contracts)) {
      shell.tell(
        'Redis holds none of what was folded into it: holding until zoner recommend --rebuild has run',
      );
    } else await store.startFirstEpoch();
  }
  const counts = await runConsumption(shell, config, {
    command: 'recommend',
    system: 'redis',
    group: RECOMMENDATIONS_GROUP,
    contracts,
    keepsLetters: false,
    untilEnd: options.untilEnd === true,
    sessionTimeoutMs: options.sessionTimeout,
    ...(options.healthPort === undefined ? {} : { healthPort: options.healthPort }),
  });
  printTally(shell, counts, 'record');
}

/** Whether the group has come anywhere: then a Redis without an epoch has lost what it held. */
async function hasFolded(config: Config, contracts: readonly ContractSink[]): Promise<boolean> {
  await using resources = new Resources();
  const { kafkaClient } = await import('#kafka/kafka-client.ts');
  const offsets = resources.use((await kafkaClient(config.kafka)).offsets(config.kafka));
  for (const { contract } of contracts) {
    if ((await offsets.committed(RECOMMENDATIONS_GROUP, contract.topic)).size > 0) return true;
  }
  return false;
}

/** The old epoch serves meanwhile, and what the group folds meanwhile goes into both: nothing is missed at the switch. */
async function rebuild(shell: Shell, config: Config, store: RedisStore, options: Options): Promise<void> {
  const epoch = await store.buildEpoch();
  const contracts = await sinks(shell, options, { add: (people) => store.addTo(epoch, people) });
  const counts = await runConsumption(shell, config, {
    command: 'recommend',
    system: 'redis',
    // A group of its own has no offsets, so it begins at the beginning.
    group: `${RECOMMENDATIONS_GROUP}-rebuild-${epoch}-${Date.now()}`,
    contracts,
    keepsLetters: false,
    untilEnd: true,
    sessionTimeoutMs: options.sessionTimeout,
  });
  if (shell.signal.aborted) {
    shell.tell('stopped before the end: the old epoch serves on');
    return;
  }
  await store.switchTo(epoch);
  printTally(shell, counts, 'record');
  shell.print(`epoch ${epoch} serves now`);
}

async function printUsers(shell: Shell, store: PersonStore, format: string): Promise<void> {
  const users = await store.users();
  shell.print(format === 'json' ? JSON.stringify(users, null, 2) : users.join('\n') || 'nobody is known yet');
}

async function printAdvice(shell: Shell, store: PersonStore, user: string, options: Options): Promise<void> {
  const { createReadAdvice } = await import('#recommendations/read-advice.ts');
  const { adviceToJson, renderAdvice } = await import('#recommendations/advice/render.ts');
  const advice = await createReadAdvice(store)(user, (options.at ?? new Date()).getTime());
  if (options.format === 'json') printJson(shell, adviceToJson(user, advice));
  else shell.print(renderAdvice(user, advice));
}
