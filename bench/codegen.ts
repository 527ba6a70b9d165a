import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench, Figure } from '#bench/bench-table.ts';
import { generate } from '#codegen/generate.ts';
import { lint } from '#contract/lint/lint.ts';
import { loadContractFiles } from '#contract/load.ts';
import { tableDdl } from '#snowflake/table-ddl.ts';

const CONTRACTS = 200;
const FIELDS = 40;
const RUNS = 3;
const PROGRAM = fileURLToPath(new URL('../cli/zoner.ts', import.meta.url));

/** `codegen`: the command as a user starts it, on a folder without generated files, and its parts in this process. */
export const codegen: Bench = {
  async run(tell) {
    const folder = await mkdtemp(join(tmpdir(), 'zoner-bench-codegen-'));
    try {
      const schemas = join(folder, 'schemas');
      await writeContracts(schemas);
      const whole: number[] = [];
      const parts: Record<string, number[]> = { load: [], lint: [], generate: [] };
      for (let run = 0; run < RUNS; run += 1) {
        tell(`run ${run + 1} of ${RUNS}`);
        await rm(join(schemas, 'generated'), { recursive: true, force: true });
        whole.push(await seconds(() => command(folder)));
        for (const [name, time] of Object.entries(await measureParts(schemas))) parts[name]?.push(time);
      }
      return {
        setting: { contracts: CONTRACTS, fields: FIELDS, runs: RUNS, node: process.version },
        figures: [
          { ...figure('zoner codegen, from nothing', whole), limit: { atMost: 10 }, aim: 5 },
          ...Object.entries(parts).map(([name, samples]) => figure(`  of it: ${name}`, samples)),
        ],
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

function figure(what: string, samples: readonly number[]): Figure {
  return { what, measured: median(samples), unit: ' s', limit: null, aim: null, samples };
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? Number.NaN;
}

async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function command(folder: string): Promise<void> {
  await promisify(execFile)(process.execPath, [PROGRAM, 'codegen'], { cwd: folder, maxBuffer: 2 ** 26 });
}

async function measureParts(schemas: string): Promise<Record<string, number>> {
  let loaded: Awaited<ReturnType<typeof loadContractFiles>> = [];
  const load = await seconds(async () => {
    loaded = await loadContractFiles(schemas);
  });
  const linted = await seconds(() => lint(loaded, '2026-11-24'));
  const made = await seconds(() =>
    generate(
      loaded.map(({ contract }) => contract),
      { tableDdl },
    ),
  );
  return { load, lint: linted, generate: made };
}

async function writeContracts(schemas: string): Promise<void> {
  for (let index = 0; index < CONTRACTS; index += 1) {
    const name = `contract-${index}`;
    const settings = {
      topic: `t_${index}`,
      key: 'id',
      compatibility: 'FULL',
      table: `T_${index}`,
      owner: 'bench',
    };
    await mkdir(join(schemas, name), { recursive: true });
    await writeFile(join(schemas, name, 'contract.json'), JSON.stringify(settings));
    await writeFile(join(schemas, name, `${name}.avsc`), JSON.stringify(schemaOf(index), null, 2));
  }
}

/** Forty documented fields of the types that contracts are made of: a third nullable, a few nested, one union. */
function schemaOf(index: number): object {
  const logical = (type: string, logicalType: string): object => ({ type, logicalType });
  const types = [
    'string',
    'int',
    'long',
    'double',
    'boolean',
    logical('long', 'timestamp-millis'),
    logical('string', 'uuid'),
    { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 },
    { type: 'array', items: 'string' },
    { type: 'map', values: 'long' },
  ];
  const field = (name: string, type: unknown, rest: object = {}): object => ({
    name,
    type,
    doc: `What ${name} means.`,
    ...rest,
  });
  const record = (name: string): object => ({
    type: 'record',
    name,
    doc: `One ${name}.`,
    fields: [field('first', 'string'), field('second', ['null', 'int'], { default: null })],
  });
  const plain = Array.from({ length: FIELDS - 4 }, (_, at) => {
    const type = types[at % types.length];
    return at % 3 === 0 ? field(`field${at}`, ['null', type], { default: null }) : field(`field${at}`, type);
  });
  const colour = {
    type: 'enum',
    name: 'Colour',
    doc: 'A colour.',
    symbols: ['UNKNOWN', 'RED'],
    default: 'UNKNOWN',
  };
  return {
    type: 'record',
    name: `Root${index}`,
    namespace: `bench.c${index}`,
    doc: 'A contract of ordinary size.',
    fields: [
      field('id', 'string'),
      field('colour', colour, { default: 'UNKNOWN' }),
      field('part', record('Part')),
      field('kindOf', [record('One'), record('Other')]),
      ...plain,
    ],
  };
}
