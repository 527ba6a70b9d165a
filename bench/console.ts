import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Figure } from '#bench/bench-table.ts';
import { fill, writeContracts } from '#bench/console/many-contracts.ts';
import { PROGRAM, zonerIn } from '#cli/zoner-process.ts';
import { parseConfig } from '#core/config.ts';
import { startShortLived } from '#stack/short-lived.ts';

const BEHIND = { contracts: 100, records: 10_000 };
const PAGES = 200;
/** As the first line of the program has it. */
const FLAGS = ['--max-semi-space-size=16'];
const COMMAND = ['console', '--port', '0', '--rate-limit', '100000000'];

/** How fast the console answers, and in how much memory, with a hundred contracts and a million records behind it. */
export const consoleBench: Bench = {
  async run(tell) {
    const folder = mkdtempSync(join(tmpdir(), 'zoner-console-'));
    const services = await startShortLived(process.env, new AbortController().signal, ({ name }) =>
      tell(`${name} is up`),
    );
    const env = { ...process.env, ...services.env };
    let server: ChildProcess | null = null;
    try {
      const contracts = await writeContracts(join(folder, 'schemas'), BEHIND.contracts);
      const { done } = zonerIn(folder, env);
      for (const room of ['topics', 'registry', 'snowflake']) {
        await done(room, 'apply');
        tell(`${room} applied`);
      }
      await fill(parseConfig(env), contracts, BEHIND, tell);
      const started = performance.now();
      server = spawn(process.execPath, [...FLAGS, PROGRAM, ...COMMAND], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const base = await addressOf(server);
      return { setting: SETTING, figures: await measure(base, started, server.pid ?? 0, tell) };
    } finally {
      server?.kill('SIGTERM');
      await services.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const SETTING = {
  behind: `${BEHIND.contracts} contracts, ${BEHIND.contracts * BEHIND.records} records, one in fifty a dead letter`,
  services: 'Kafka, registry and the local Snowflake on the same machine',
  node: process.version,
};

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: stdout })) {
    const found = /console is on (http:\S+)/.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error('the console ended before it listened');
}

async function measure(
  base: string,
  started: number,
  pid: number,
  tell: (line: string) => void,
): Promise<readonly Figure[]> {
  const page = async (path: string): Promise<{ readonly text: string; readonly ms: number }> => {
    const at = performance.now();
    const text = await (await fetch(`${base}${path}`)).text();
    return { text, ms: performance.now() - at };
  };
  const first = await page('/');
  while ((await page('/')).text.includes('Being read…')) await sleep(200);
  const whole = (performance.now() - started) / 1000;
  tell('all sections are read');
  const warm = await timesOf(PAGES, () => page('/'));
  const contract = await timesOf(PAGES / 4, () => page('/contracts/order-007'));
  const row = await timesOf(5, () => page('/record?topic=order_007&partition=0&offset=4321'));
  const letter = await timesOf(5, () => page('/record?topic=order_007&partition=0&offset=4300'));
  const { text } = await page('/');
  const says = [
    await page('/record?topic=order_007&partition=0&offset=4321'),
    await page('/record?topic=order_007&partition=0&offset=4300'),
  ];
  if (!says[0]?.text.includes('It is a row') || !says[1]?.text.includes('It is a dead letter'))
    throw new Error('the pages do not say what is there');
  if (!text.includes('20,000 open letters')) throw new Error('the letters are not all there');
  return [
    figure('first page, nothing read yet', first.ms, ' ms', { atMost: 500 }),
    figure('until every section is read', whole, ' s', { atMost: 120 }),
    figure('first page, median', at(warm, 0.5), ' ms'),
    figure('first page, p99', at(warm, 0.99), ' ms', { atMost: 250 }),
    figure('first page, size', text.length / 1024, ' KB', { atMost: 300 }),
    figure('page of a contract, p99', at(contract, 0.99), ' ms', { atMost: 250 }),
    figure('record that is a row, median', at(row, 0.5), ' ms', { atMost: 3000 }),
    figure('record that is a letter, median', at(letter, 0.5), ' ms', { atMost: 5000 }),
    figure('memory of the process at its highest', peakOf(pid), ' MB', { atMost: 400 }),
  ];
}

async function timesOf(
  count: number,
  ask: () => Promise<{ readonly ms: number }>,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) times.push((await ask()).ms);
  return times.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** In megabytes, as Linux keeps it; no number elsewhere would be one to hold a limit against. */
function peakOf(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(found) / 1024;
}

function figure(what: string, measured: number, unit: string, limit: Figure['limit'] = null): Figure {
  return { what, measured, unit, limit, aim: null };
}
