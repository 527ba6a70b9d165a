import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumers } from '#bench/soak/consumers.ts';
import { V1, V2, type World } from '#bench/soak/world.ts';
import { KILLABLE } from '#stack/killable.ts';

export interface Fault {
  readonly name: string;
  happen(world: World, consumers: Consumers): Promise<void>;
}

const outages = KILLABLE.map((name): Fault => {
  return {
    name: `${name} is killed`,
    async happen({ services, random }) {
      await services.kill(name);
      await sleep(random() * 10_000);
      await services.revive(name);
    },
  };
});

/** Orders something of the local Snowflake, which may be away. */
async function orderFault({ services, count }: World, fault: object): Promise<void> {
  const body = JSON.stringify(fault);
  const url = `${services.env.SNOWFLAKE_ACCESS_URL}/faults`;
  const isHeard = await fetch(url, { method: 'POST', body }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!isHeard) count('warehouse fault not heard');
}

/** Records are keyed: more partitions move keys, and the consumers have to notice the new ones. */
async function growPartitions({ folder, insist }: World): Promise<void> {
  for (const version of [V1, V2]) {
    const file = join(folder, version, 'user-activity', 'contract.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), partitions: 8 }));
  }
  await insist('topics', 'apply', '--schemas', V1);
}

export const FAULTS: readonly Fault[] = [
  ...outages,
  {
    name: 'a consumer is killed',
    happen: async (_, consumers) => void consumers.one()?.child.kill('SIGKILL'),
  },
  {
    name: 'a consumer is stopped',
    happen: async (_, consumers) => void consumers.one()?.child.kill('SIGTERM'),
  },
  {
    name: 'a consumer sleeps past its session and wakes up',
    async happen(_, consumers) {
      const member = consumers.one();
      member?.child.kill('SIGSTOP');
      await sleep(9000);
      member?.child.kill('SIGCONT');
    },
  },
  {
    name: 'a third member comes and goes',
    async happen({ zoner, version, random }) {
      const { child, ended } = zoner.start('consume', '--schemas', version, '--session-timeout', '6000');
      await sleep(3000 + random() * 3000);
      child.kill(random() < 0.5 ? 'SIGKILL' : 'SIGTERM');
      await ended;
    },
  },
  {
    name: 'the warehouse applies and drops the connection',
    happen: (world) => orderFault(world, { matches: 'MERGE', action: { kind: 'drop' }, times: 2 }),
  },
  {
    name: 'the warehouse refuses for a moment',
    happen: (world) => {
      const action = { kind: 'refuse', code: '000625', sqlState: '57014', message: 'busy' };
      return orderFault(world, { matches: 'MERGE', action, times: 2 });
    },
  },
  { name: 'the topics get more partitions', happen: growPartitions },
];
