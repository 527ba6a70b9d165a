import type { AddCommand } from '#cli/command.ts';
import { loadLintedContracts } from '#cli/lint-gate.ts';
import { type ContractOptions, formatOption, withContracts } from '#cli/options.ts';
import { countOf, printApplied, printPlan } from '#cli/plan-lines.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { topicNames } from '#contract/topic-names.ts';
import { ExitCode } from '#core/errors.ts';
import { TripPlan } from '#generated/trip-plan/types.ts';
import { UserActivity } from '#generated/user-activity/types.ts';
import type { RetentionNeeds, TopicsPlan } from '#kafka/topics-plan.ts';
import { ACTIVITY_HORIZON_DAYS, TRIP_HORIZON_DAYS } from '#recommendations/person/history.ts';

const recommendations = (days: number) => ({ days, reader: 'recommendations' });
/** What a rebuild has to find again: as far back as advice looks. */
const RETENTION_NEEDS: RetentionNeeds = new Map([
  ...Object.values(retained(UserActivity.topic)).map(
    (topic) => [topic, recommendations(ACTIVITY_HORIZON_DAYS)] as const,
  ),
  ...Object.values(retained(TripPlan.topic)).map(
    (topic) => [topic, recommendations(TRIP_HORIZON_DAYS)] as const,
  ),
]);

/** The topics of a contract that recommendations read. */
function retained(topic: string): { readonly source: string; readonly retry: string } {
  const { source, retry } = topicNames(topic);
  return { source, retry };
}

/** `zoner topics plan|apply`: a contract's topics, against those of the cluster. */
export const addTopics: AddCommand = (program, shell, finish) => {
  const topics = program.command('topics');
  withContracts(topics.command('plan'))
    .description('print what apply would do; exit 2 if that is anything, 1 if apply would refuse')
    .addOption(formatOption('text', 'json'))
    .action(async (options: ContractOptions & { format: string }) => {
      const { plan } = await readTopics(shell, options);
      const code = printPlan(shell, 'topics', plan.changes, options.format);
      tellNotes(shell, plan);
      for (const { description } of plan.refusals) shell.tell(`refused: ${description}`);
      finish(plan.refusals.length > 0 ? ExitCode.negative : code);
    });
  withContracts(topics.command('apply'))
    .description('create topics, add partitions, alter settings; never delete')
    .action(async (options: ContractOptions) => {
      const { admin, plan, applyTopics } = await readTopics(shell, options);
      tellNotes(shell, plan);
      await applyTopics(plan, admin, (change) => printApplied(shell, change));
      shell.print(`topics: ${countOf(plan.changes.length, 'change')} made`);
    });
};

function tellNotes(shell: Shell, { notes }: TopicsPlan): void {
  for (const { description } of notes) shell.tell(`note: ${description}`);
}

export async function readTopics(shell: Shell, options: ContractOptions) {
  const settings = loadSettings(shell, options.env);
  const contracts = await loadLintedContracts(shell, options);
  const { createKafkajsTopics } = await import('#kafka/kafkajs-topics.ts');
  const { applyTopics, readTopicsPlan } = await import('#kafka/topics-apply.ts');
  const { desiredTopics } = await import('#kafka/topics-desired.ts');
  const admin = createKafkajsTopics(settings.kafka);
  return { admin, applyTopics, plan: await readTopicsPlan(desiredTopics(contracts), admin, RETENTION_NEEDS) };
}
