import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench, BenchResult } from '#bench/bench-table.ts';

import { EMPTY_LOCK, LOCK_FILE } from '#contract/lock/lock.ts';
import { lockText } from '#contract/lock/lock-text.ts';
import { type HeldSubject, mergeIntoLock } from '#contract/lock/merge-lock.ts';

const CONTRACTS = 50;
const VERSIONS = 20;
const FIELDS = 30;
const RUNS = 5;
const MEGABYTE = 1024 * 1024;

/** `zoner check` as a process of its own, from its start to its exit, against a lock with this many versions. */
export const bench: Bench = {
  async run(tell) {
    const folder = mkdtempSync(join(tmpdir(), 'zoner-bench-check-'));
    try {
      writeContracts(join(folder, 'schemas'));
      const seconds: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        const taken = await timeCheck(folder);
        seconds.push(taken);
        tell(`run ${run + 1}: ${taken.toFixed(2)} s`);
      }
      return result(seconds);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function result(samples: readonly number[]): BenchResult {
  const median = samples.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
  const what = 'zoner check, start to exit, median';
  return {
    setting: { contracts: CONTRACTS, versions: VERSIONS, fields: FIELDS, runs: RUNS, node: process.version },
    figures: [{ what, measured: median, unit: ' s', limit: null, aim: 3, samples }],
  };
}

async function timeCheck(folder: string): Promise<number> {
  const zoner = fileURLToPath(new URL('../cli/zoner.ts', import.meta.url));
  const started = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [zoner, 'check', '--all'], {
    cwd: folder,
    maxBuffer: 64 * MEGABYTE,
  });
  const taken = (performance.now() - started) / 1000;
  // A check that compared nothing would be fast.
  const compared = stdout.match(new RegExp(`changed, ${VERSIONS} versions`, 'g'))?.length;
  if (compared !== CONTRACTS) throw new Error(`${compared} contracts of ${CONTRACTS} were compared`);
  return taken;
}

/** Each version has one field more than the one before; the working tree one more than the last. */
function schemaOf(contract: number, version: number): string {
  const kinds = ['"string"', '"long"', '["null","double"]', '{"type":"array","items":"string"}'];
  const fields = Array.from({ length: FIELDS + version }, (_, index) => {
    const type = index < FIELDS ? kinds[index % kinds.length] : '["null","int"]';
    const rest = index < FIELDS ? '' : ',"default":null';
    return `{"name":"field${index}","type":${type}${rest}}`;
  });
  return `{"type":"record","name":"C${contract}","namespace":"bench","fields":[${fields.join(',')}]}`;
}

function writeContracts(schemas: string): void {
  const held: HeldSubject[] = [];
  for (let contract = 0; contract < CONTRACTS; contract += 1) {
    const name = `contract-${contract}`;
    const topic = `topic_${contract}`;
    const folder = join(schemas, name);
    mkdirSync(folder, { recursive: true });
    const settings = {
      topic,
      key: 'field0',
      compatibility: 'FULL_TRANSITIVE',
      table: topic.toUpperCase(),
    };
    writeFileSync(join(folder, 'contract.json'), JSON.stringify(settings));
    writeFileSync(join(folder, `${name}.avsc`), schemaOf(contract, VERSIONS));
    const subject = `${topic}-value`;
    const versions = Array.from({ length: VERSIONS }, (_, version) => {
      const text = schemaOf(contract, version);
      return { subject, version: version + 1, id: contract * VERSIONS + version + 1, text, references: [] };
    });
    held.push({ subject, level: 'FULL_TRANSITIVE', versions });
  }
  writeFileSync(join(schemas, LOCK_FILE), lockText(mergeIntoLock(EMPTY_LOCK, 'production', held)));
}
