import type { VerdictRow } from '#check/verdict.ts';
import type { Contract } from '#contract/contract.ts';

/**
 * The order in which the parts of a change can go out so that nothing stops in between, as commands. Readers first if
 * the new schema reads what there is; writers first if only the old ones read what will be.
 * @param env null where no environment is meant yet
 */
export function rollOut(
  contract: Contract,
  rows: readonly VerdictRow[],
  env: string | null,
): readonly string[] {
  const option = ` --env ${env ?? 'NAME'}`;
  const { topic } = contract;
  const table = `npx zoner snowflake apply${option}`;
  const registry = `npx zoner registry apply${option}`;
  const consumers = `# deploy the consumers of ${topic}`;
  const producers = `# deploy the producers of ${topic}`;
  const backward = rows.every(({ wire }) => wire.backward.compatible);
  const forward = rows.every(({ wire }) => wire.forward.compatible);
  if (rows.every(({ weight }) => weight === 'fine') && backward && forward)
    return [table, registry, `${consumers} and the producers, in any order`];
  if (backward) return [table, consumers, registry, producers];
  if (forward) {
    const drained = `# wait until the topic ${topic} retains no record of the old schema (${contract.retentionDays} days)`;
    return [registry, producers, drained, consumers, table];
  }
  return [
    `# there is no safe order on the topic ${topic}: neither schema reads what the other writes`,
    '# undo the changes that break, or give the contract a new topic, and move producers and then consumers to it',
  ];
}
