import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** One import a room must not have: each becomes a file that the lint has to refuse. */
const FORBIDDEN: readonly (readonly [room: string, specifier: string])[] = [
  ['core', '#avro/model.ts'],
  ['avro', '#contract/contract.ts'],
  ['avro', 'kafkajs'],
  ['contract', '#registry/client.ts'],
  ['codegen', '#snowflake/table.ts'],
  ['registry', '#kafka/partitioner.ts'],
  ['registry', 'kafkajs'],
  ['kafka', '#registry/client.ts'],
  ['kafka', '#consumer/consume.ts'],
  ['kafka', '@kafkajs/confluent-schema-registry'],
  ['snowflake', '#kafka/partitioner.ts'],
  ['snowflake', '#codegen/generate.ts'],
  ['recommendations', '#snowflake/sink.ts'],
  ['recommendations', 'snowflake-sdk'],
  ['producer', '#kafka/kafkajs-producer.ts'],
  ['producer', '#codegen/generate.ts'],
  ['consumer', '#snowflake/sink.ts'],
  ['consumer', '#cli/shell.ts'],
  ['consumer', 'ioredis'],
  ['dead-letters', '#kafka/partitioner.ts'],
  ['dead-letters', '#snowflake/row.ts'],
  ['consumer', '#dead-letters/letter.ts'],
  ['dead-letters', '#erasure/plan.ts'],
  ['erasure', '#snowflake/erase-rows.ts'],
  ['client', '#cli/shell.ts'],
  ['client', '#snowflake/sink.ts'],
  ['client', 'kafkajs'],
  ['kafka', '#client/zoner.ts'],
  ['consumer', '#client/zoner.ts'],
  ['api', '#stack/services.ts'],
  ['console', '#kafka/partitioner.ts'],
  ['console', '#snowflake/find-row.ts'],
  ['api', '#console/server.ts'],
  ['metrics', '#kafka/partitioner.ts'],
  ['metrics', 'kafkajs'],
  ['tracing', '#kafka/partitioner.ts'],
  ['consumer', '@opentelemetry/api'],
  ['cli', '@opentelemetry/api'],
  ['api', 'prom-client'],
  ['check', '#kafka/partitioner.ts'],
  ['cli', '#snowflake/local/server.ts'],
  ['cli', 'avsc'],
  ['cli', '@duckdb/node-api'],
  ['stack', '#cli/shell.ts'],
  ['cli', '#bench/entry.ts'],
];

const ALLOWED: readonly (readonly [room: string, specifier: string])[] = [
  ['avro', '#core/errors.ts'],
  ['kafka', '#consumer/ports.ts'],
  ['client', '#kafka/kafkajs-consumer.ts'],
  ['cli', '#client/wire-group.ts'],
  ['cli', '#tracing/start-tracing.ts'],
  ['snowflake', '#avro/model.ts'],
  ['check', '#codegen/generate.ts'],
  ['dead-letters', '#consumer/partition.ts'],
  ['cli', '#stack/services.ts'],
  ['cli', '#console/server.ts'],
  ['console', '#dead-letters/survey.ts'],
  ['erasure', '#dead-letters/watch.ts'],
  ['cli', '#erasure/plan.ts'],
  ['bench', '#recommendations/ports.ts'],
];

const RULE = 'lint/style/noRestrictedImports';
const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
let folder = '';
let refused: ReadonlySet<string>;

const fileOf = (room: string, specifier: string): string =>
  join(room, `imports-${specifier.replace(/[^a-z]+/gi, '-')}.ts`);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-arrow-'));
  copyFileSync('biome.json', join(folder, 'biome.json'));
  for (const [room, specifier] of [...FORBIDDEN, ...ALLOWED]) {
    mkdirSync(join(folder, room), { recursive: true });
    writeFileSync(join(folder, fileOf(room, specifier)), `export type { Any } from '${specifier}';\n`);
  }
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const report = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string | { file: string } } }[];
  };
  const paths = report.diagnostics
    .filter(({ category }) => category === RULE)
    .map(({ location: { path } }) => (typeof path === 'string' ? path : path.file));
  refused = new Set(paths.map((path) => path.replace(/^\.\//, '')));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(FORBIDDEN)('the lint refuses that %s/ imports %s', (room, specifier) => {
  expect(refused).toContain(fileOf(room, specifier));
});

test.each(ALLOWED)('the lint lets %s/ import %s', (room, specifier) => {
  expect(refused).not.toContain(fileOf(room, specifier));
});
