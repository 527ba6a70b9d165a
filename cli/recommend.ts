import type { AddCommand } from '#cli/command.ts';
import { printTally, runConsumption } from '#cli/consumption.ts';
import {
  type ContractOptions,
  contractsFolder,
  formatOption,
  positiveInteger,
  selectContracts,
  withContracts,
} from '#cli/options.ts';
import { Resources } from '#cli/resources.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { loadContracts } from '#contract/load.ts';
import { ZonerError } from '#core/errors.ts';
import { UserActivity } from '#generated/user-activity/types.ts';
import { advise } from '#recommendations/advice.ts';
import { createFold } from '#recommendations/fold.ts';
import { renderAdvice } from '#recommendations/render-advice.ts';
import type { SleepStore } from '#recommendations/store.ts';

const RECOMMENDATIONS_GROUP = 'zoner-recommendations';

interface Options extends ContractOptions {
  readonly untilEnd?: true;
  readonly follow?: true;
  readonly sessionTimeout: number;
  readonly format: string;
}

/** `zoner recommend`: fill Redis from the topic, or read a person's advice out of it. */
export const addRecommend: AddCommand = (program, shell) => {
  withContracts(program.command('recommend'))
    .description("fold sleep into Redis (--until-end, --follow), or print a person's recommendations")
    .argument('[user]', 'a user id; without one the known users are listed')
    .option('--until-end', 'fold everything that is there now, then end')
    .option('--follow', 'fold until stopped')
    .option(
      '--session-timeout <ms>',
      'how long the group waits for a member that died',
      positiveInteger,
      45_000,
    )
    .addOption(formatOption('text', 'json'))
    .action(async (user: string | undefined, options: Options) => {
      if (user !== undefined && (options.untilEnd || options.follow)) {
        throw new ZonerError('USAGE', 'name a user, or fold with --until-end or --follow, not both');
      }
      await using resources = new Resources();
      const config = loadSettings(shell, options.env);
      const { openRedisStore } = await import('#recommendations/redis-store.ts');
      const store = resources.use(await openRedisStore(config.redisUrl));
      if (!options.untilEnd && !options.follow) return printAdvice(shell, store, user, options.format);
      const all = await loadContracts(contractsFolder(shell, options));
      const contracts = selectContracts(all, [UserActivity.name]);
      const counts = await runConsumption(shell, config, {
        group: RECOMMENDATIONS_GROUP,
        contracts: contracts.map((contract) => ({ contract, sink: createFold(store) })),
        keepsLetters: false,
        untilEnd: options.untilEnd === true,
        sessionTimeoutMs: options.sessionTimeout,
      });
      printTally(shell, counts, 'sleep');
    });
};

async function printAdvice(
  shell: Shell,
  store: SleepStore,
  user: string | undefined,
  format: string,
): Promise<void> {
  if (user === undefined) {
    const users = await store.users();
    shell.print(
      format === 'json' ? JSON.stringify(users, null, 2) : users.join('\n') || 'nobody is known yet',
    );
    return;
  }
  const advice = advise(await store.read(user));
  shell.print(format === 'json' ? JSON.stringify(advice, null, 2) : renderAdvice(user, advice));
}
