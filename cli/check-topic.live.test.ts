import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileEncoder } from '#avro/codec.ts';
import { frame } from '#avro/frame.ts';
import { parseSchema } from '#avro/parse.ts';
import { createProgram } from '#cli/program.ts';
import type { Shell } from '#cli/shell.ts';
import type { TopicVerdict } from '#consumer/topic-verdict.ts';
import { createKafkajsProducer } from '#kafka/kafkajs-producer.ts';
import { createRegistryClient } from '#registry/client.ts';
import { liveConfig, liveEnvironment } from '#stack/live-environment.ts';

const TOPIC = `naps_${randomBytes(4).toString('hex')}`;
const config = liveConfig();
const schemaOf = (...symbols: readonly string[]): string =>
  JSON.stringify({
    type: 'record',
    name: 'Nap',
    fields: [
      { name: 'user', type: 'string' },
      { name: 'depth', type: { type: 'enum', name: 'Depth', symbols } },
    ],
  });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoner-topic-'));
  mkdirSync(join(folder, 'schemas/naps'), { recursive: true });
  const settings = { topic: TOPIC, key: 'user', compatibility: 'NONE', table: 'NAPS' };
  writeFileSync(join(folder, 'schemas/naps/contract.json'), JSON.stringify(settings));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command in the folder; answers its exit code and what it printed. */
async function zoner(...args: string[]): Promise<readonly [code: number, printed: string]> {
  const lines: string[] = [];
  const shell: Shell = {
    env: liveEnvironment(),
    directory: folder,
    signal: new AbortController().signal,
    interactive: false,
    clear: () => undefined,
    print: (text) => void lines.push(text),
    tell: () => undefined,
    style: (_, text) => text,
  };
  return [await createProgram(shell).run(args), lines.join('\n')];
}

function propose(...symbols: readonly string[]): void {
  writeFileSync(join(folder, 'schemas/naps/naps.avsc'), schemaOf(...symbols));
}

async function send(values: readonly Uint8Array[]): Promise<void> {
  const producer = createKafkajsProducer(config.kafka);
  const records = values.map((value, index) => {
    return {
      topic: TOPIC,
      partition: 0,
      key: null,
      value,
      headers: [],
      timestamp: BigInt(index + 1) * 1000n,
    };
  });
  await producer.send(records);
  await producer.close();
}

test('what the proposed schema would refuse of the retained records is counted, by id and by cause', async () => {
  propose('LIGHT', 'DEEP');
  expect((await zoner('registry', 'apply'))[0]).toBe(0);
  expect((await zoner('topics', 'apply'))[0]).toBe(0);
  const held = await createRegistryClient(config.registry).versionSchema(`${TOPIC}-value`, 'latest');
  const { encode } = compileEncoder(parseSchema(schemaOf('LIGHT', 'DEEP')));
  const nap = (depth: string): Uint8Array => frame(held?.id ?? 0, encode({ user: 'ada', depth }));
  await send([nap('LIGHT'), nap('DEEP'), nap('LIGHT'), nap('DEEP'), Buffer.from('{}')]);

  propose('LIGHT');
  const [code, printed] = await zoner('check', '--topic', '--sample', '1', '--format', 'json');
  expect(code).toBe(1);
  const [verdict]: readonly TopicVerdict[] = JSON.parse(printed);
  expect(verdict).toMatchObject({
    topic: TOPIC,
    records: 5,
    refused: 3,
    ids: [
      { schemaId: held?.id, records: 4, refused: 2, first: { offset: '0' }, last: { offset: '3' } },
      { schemaId: null, records: 1, refused: 1 },
    ],
    causes: [
      {
        schemaId: held?.id,
        reason: expect.stringContaining('depth'),
        records: 2,
        newest: { partition: 0, offset: '3', timestamp: '4000' },
        sample: [{ offset: '1' }],
      },
      { code: 'NO_FRAME', records: 1 },
    ],
  });
  const [, text] = await zoner('check', '--topic');
  expect(text).toContain('3 of 5 records would be refused');
  expect(text).toMatch(/2 of id \d+: \w+ .*depth.*; newest 1970-01-01T00:00:04\.000Z at 0\/3/);
});
