import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeEvolution } from '#cli/demo-evolution.ts';
import { type ProcessEnd, type ZonerProcesses, zonerIn } from '#cli/zoner-process.ts';
import { type KillableServices, startKillable } from '#stack/killable.ts';

export const V1 = 'schemas';
export const V2 = 'schemas-v2';
export const VALUES = 'values.ndjson';
export const DATABASE = 'SOAK';

export interface World {
  readonly services: KillableServices;
  readonly zoner: ZonerProcesses;
  readonly folder: string;
  readonly begun: number;
  /** The contracts that consumers and operators have: it changes once. */
  version: string;
  random(): number;
  log(text: string): void;
  /** For the summary. */
  count(what: string): void;
  readonly counts: ReadonlyMap<string, number>;
  /** Runs a command until it ends well, as a person does in an outage; a defect ends the soak. */
  insist(...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

const PATIENCE_MS = 180_000;

/** The services, the contracts in two versions, and topics and tables of the first. */
export async function openWorld(seed: number, signal: AbortSignal): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'zoner-soak-'));
  const services = await startKillable({ ...process.env }, signal);
  const zoner = zonerIn(folder, { ...process.env, ...services.env, SNOWFLAKE_DATABASE: DATABASE });
  const counts = new Map<string, number>();
  const begun = performance.now();
  let state = seed % 2_147_483_647 || 1;
  const world: World = {
    services,
    zoner,
    folder,
    begun,
    version: V1,
    random() {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    },
    log(text) {
      process.stdout.write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
    },
    count: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    counts,
    async insist(...args) {
      const deadline = performance.now() + PATIENCE_MS;
      for (;;) {
        const end = await zoner.run(...args);
        refuseDefects(args, end);
        if (end.code === 0) return end.stdout;
        if (performance.now() > deadline || signal.aborted)
          throw new Error(`zoner ${args.join(' ')} does not end well: ${end.stderr}\n${end.stdout}`);
        await sleep(500);
      }
    },
    async close() {
      await services.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  cpSync('schemas', join(folder, V1), { recursive: true });
  writeFileSync(join(folder, '.env.team'), '');
  writeEvolution(folder, V1, V2, VALUES);
  await world.insist('apply', '--schemas', V1);
  await world.insist('registry', 'pull', '--env', 'team', '--schemas', V2);
  return world;
}

/** @throws Error if a command says that it has found a defect of its own */
export function refuseDefects(args: readonly string[], { stderr }: ProcessEnd): void {
  if (stderr.includes('This is a defect in Zoner')) throw new Error(`zoner ${args.join(' ')}:\n${stderr}`);
}
