import { RECOMMENDATIONS_GROUP, WAREHOUSE_GROUP } from '#cli/groups.ts';
import { openScanDeps } from '#cli/open-scan.ts';
import { countOf } from '#cli/plan-lines.ts';
import type { Context } from '#cli/read-status.ts';
import { type Finding, finding } from '#cli/status-report.ts';
import { readTopics } from '#cli/topics.ts';
import { gatherRuns } from '#client/gather-runs.ts';
import { inParallel } from '#console/in-parallel.ts';
import { READ_AT_ONCE } from '#console/survey-letters.ts';
import { readNote } from '#consumer/commit-note.ts';
import type { TopicOffsets } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import { causeOf } from '#dead-letters/causes.ts';
import { expiringLetters } from '#dead-letters/expiring.ts';
import type { ReadDeps } from '#dead-letters/ports.ts';
import { survey } from '#dead-letters/survey.ts';
import { startWatch } from '#dead-letters/watch.ts';
import { TripPlan } from '#generated/trip-plan/types.ts';
import { UserActivity } from '#generated/user-activity/types.ts';

const RECOMMENDED: ReadonlySet<string> = new Set([UserActivity.name, TripPlan.name]);

/** The cluster's topics against the contracts. */
export async function topicFindings({ shell, options }: Context): Promise<readonly Finding[]> {
  const { plan } = await readTopics(shell, options);
  const details = [...plan.refusals, ...plan.changes].map(({ description }) => description);
  if (details.length === 0) return [finding('topics', 'fine', 'as the contracts say')];
  return [
    finding('topics', 'wrong', countOf(details.length, 'difference'), {
      details,
      remedy: 'Run: zoner topics apply',
    }),
  ];
}

/** How far behind each group is, and whether a flood has stopped one of its topics. */
export async function groupFindings({ config, contracts, resources }: Context): Promise<readonly Finding[]> {
  const { kafkaClient } = await import('#kafka/kafka-client.ts');
  const offsets = resources.use((await kafkaClient(config.kafka)).offsets(config.kafka));
  const groups = contracts.flatMap((contract) => [
    { group: WAREHOUSE_GROUP, contract },
    ...(RECOMMENDED.has(contract.name) ? [{ group: RECOMMENDATIONS_GROUP, contract }] : []),
  ]);
  return Promise.all(groups.map(({ group, contract }) => groupFinding(group, contract, offsets)));
}

async function groupFinding(
  group: string,
  { name, topic }: Contract,
  offsets: TopicOffsets,
): Promise<Finding> {
  const what = `${group} ${name}`;
  const { source, retry } = topicNames(topic);
  const read = await Promise.all([source, retry].map((each) => readTopic(group, each, offsets)));
  const floods = read.flatMap(({ flood }) => flood);
  const [flood] = floods;
  if (flood !== undefined) {
    return finding(what, 'wrong', `stopped: too many records are refused with ${flood}`, {
      remedy: `zoner dead-letters list ${name} shows their like; if they are right: zoner consume --accept ${flood}`,
    });
  }
  const lag = read.reduce((sum, each) => sum + each.lag, 0n);
  const hasRead = read.some(({ committed }) => committed > 0);
  if (lag === 0n) return finding(what, 'fine', 'has read everything');
  return finding(
    what,
    'note',
    `${countOf(lag, 'record')} behind${hasRead ? '' : '; it has read nothing yet'}`,
  );
}

async function readTopic(group: string, topic: string, offsets: TopicOffsets) {
  const [ranges, committed, notes] = await Promise.all([
    offsets.ranges(topic),
    offsets.committed(group, topic),
    offsets.commitMetadata(group, topic),
  ]);
  let lag = 0n;
  for (const [partition, { low, high }] of ranges) {
    const at = committed.get(partition) ?? low;
    lag += high - (at < low ? low : at);
  }
  const flood = [...notes.values()].flatMap((note) => readNote(note).flood ?? []);
  return { lag, committed: committed.size, flood };
}

/** Open dead letters by cause, and those that the broker will delete soon. */
export async function letterFindings({
  shell,
  config,
  contracts,
  resources,
}: Context): Promise<readonly Finding[]> {
  const { transport, ...rest } = await openScanDeps(shell, config, resources);
  const deps = { ...rest, transport: gatherRuns(transport) };
  const findings = await inParallel(contracts, READ_AT_ONCE, (contract) => lettersOf({ ...deps, contract }));
  return findings.flat();
}

const OPEN = { states: new Set(['open'] as const), filter: () => true };

async function lettersOf(deps: ReadDeps): Promise<readonly Finding[]> {
  const { name } = deps.contract;
  const watch = await startWatch(deps);
  try {
    const all = [...watch.book.all()];
    const causes = new Map<string, number>();
    if (all.some(({ state }) => state === 'open')) {
      await survey(watch, deps, OPEN, async (letters) => {
        for (const { letter } of letters) causes.set(causeOf(letter), (causes.get(causeOf(letter)) ?? 0) + 1);
        return true;
      });
    }
    const open = [...causes.values()].reduce((sum, count) => sum + count, 0);
    const details = [...causes].sort(([, a], [, b]) => b - a).map(([cause, count]) => `${count} ${cause}`);
    const remedy = `Run: zoner dead-letters list ${name}`;
    const [first, ...rest] = expiringLetters(all, Date.now());
    if (first !== undefined) {
      const when = new Date(first.expiresAt).toISOString();
      const says = `${countOf(open, 'open letter')}; ${rest.length + 1} will be deleted soon, the first at ${when}`;
      return [finding(name, 'wrong', says, { details, remedy })];
    }
    if (open === 0) return [finding(name, 'fine', 'none is open')];
    return [finding(name, 'note', countOf(open, 'open letter'), { details, remedy })];
  } finally {
    await watch.close();
  }
}
