import type { Consumers } from '#bench/soak/consumers.ts';
import { REPLAY } from '#bench/soak/replays.ts';
import { DATABASE, V2, type World } from '#bench/soak/world.ts';
import { KILLABLE } from '#stack/killable.ts';

const TABLES = [
  ['user_activity', 'USER_ACTIVITY'],
  ['trip_plan', 'TRIP_PLAN'],
] as const;

/**
 * Lets everything come to its end with the newest contracts, and asks both accountants.
 * @returns the exit code: 0 if both find the books clean
 */
export async function endCleanly(world: World, consumers: Consumers): Promise<number> {
  world.log('the end: everything is up again');
  for (const name of KILLABLE) await world.services.revive(name);
  if (world.version !== V2) {
    await world.insist('registry', 'apply', '--schemas', V2);
    await world.insist('snowflake', 'apply', '--schemas', V2);
    world.version = V2;
  }
  consumers.restart();
  // It waits for the consumers, and for as long as they come nearer to the end.
  await world.insist('reconcile', '--schemas', V2);
  world.log('all records are consumed');
  await world.insist(...REPLAY, '--schemas', V2);
  world.log('all letters of the new kind are replayed');
  await consumers.end();
  const problems: string[] = [];
  const plan = await world.zoner.run(...REPLAY, '--dry-run', '--schemas', V2);
  if (plan.code !== 0)
    problems.push(`letters are left, the plan ended with ${plan.code}: ${plan.stdout}${plan.stderr}`);
  const books = await world.zoner.run('reconcile', '--schemas', V2);
  process.stdout.write(books.stdout);
  if (books.code !== 0) problems.push(`reconcile ended with ${books.code}: ${books.stderr}`);
  for (const [topic, table] of TABLES) {
    const independent = await world.zoner.check(topic, `${DATABASE}.PUBLIC.${table}`);
    process.stdout.write(`${topic}, independently: ${independent.stdout}`);
    if (independent.code !== 0) problems.push(`the checker finds in ${topic}: ${independent.stderr}`);
  }
  for (const [what, count] of [...world.counts].sort()) process.stdout.write(`  ${count} × ${what}\n`);
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  world.log(problems.length === 0 ? 'clean' : 'not clean');
  return problems.length === 0 ? 0 : 1;
}
