import { openScanDeps } from '#cli/open-scan.ts';
import { type ContractOptions, contractsFolder } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { printJson } from '#cli/print-json.ts';
import { progressBar, startProgress } from '#cli/progress.ts';
import { Resources } from '#cli/resources.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { renderTable } from '#cli/table.ts';
import type { TopicOffsets } from '#consumer/ports.ts';
import { createReader } from '#consumer/reader.ts';
import { scanBatches } from '#consumer/scan.ts';
import { type Mark, type RefusalCause, TopicTally, type TopicVerdict } from '#consumer/topic-verdict.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import { ExitCode, ZonerError } from '#core/errors.ts';

export interface TopicOptions extends ContractOptions {
  readonly format: string;
  readonly sample: number;
}

/**
 * `zoner check --topic`: reads all that the topics retain with the schemas of the working tree, and leaves no trace.
 * @throws ZonerError TOPIC_MISSING, KAFKA_UNAVAILABLE, REGISTRY_UNAVAILABLE, REGISTRY_AUTH
 */
export async function checkTopics(shell: Shell, options: TopicOptions): Promise<ExitCode> {
  if (options.format !== 'text' && options.format !== 'json')
    throw new ZonerError('USAGE', `--topic has the formats text and json, not ${options.format}`);
  const verdicts: TopicVerdict[] = [];
  for (const contract of await loadContracts(contractsFolder(shell, options)))
    verdicts.push(await checkTopic(shell, contract, options));
  if (options.format === 'json') printJson(shell, verdicts);
  else for (const verdict of verdicts) printVerdict(shell, verdict, options.sample);
  return verdicts.some(({ refused }) => refused > 0) ? ExitCode.negative : ExitCode.ok;
}

async function checkTopic(shell: Shell, contract: Contract, options: TopicOptions): Promise<TopicVerdict> {
  await using resources = new Resources();
  const settings = loadSettings(shell, options.env);
  const { createRegistryClient } = await import('#registry/client.ts');
  const { createSchemaStore } = await import('#registry/schema-store.ts');
  const deps = await openScanDeps(shell, settings, resources);
  const tally = new TopicTally({
    reader: createReader(contract),
    writers: createSchemaStore(createRegistryClient(settings.registry)),
    sample: options.sample,
  });
  const total = await retained(deps.offsets, contract.topic);
  const progress = startProgress(shell, `${contract.topic}: reading`);
  try {
    await scanBatches(contract.topic, deps, async (records) => {
      await tally.add(records);
      progress.update(`${contract.topic}: ${progressBar(tally.records, total)} ${tally.records} of ${total}`);
    });
  } finally {
    progress.stop();
  }
  return tally.close();
}

/** An upper bound: compacted topics have fewer records than offsets. */
async function retained(offsets: TopicOffsets, topic: string): Promise<number> {
  const ranges = [...(await offsets.ranges(topic)).values()];
  return Number(ranges.reduce((sum, { low, high }) => sum + (high - low), 0n));
}

function printVerdict(shell: Shell, verdict: TopicVerdict, sample: number): void {
  const { topic, records, refused, skipped, ids, causes, otherRefusals } = verdict;
  const tombstones = skipped === 0 ? '' : `, ${skipped} of them without a value`;
  shell.print(`${shell.style('bold', topic)}: ${countOf(records, 'record')}${tombstones}`);
  if (ids.length > 0) {
    const titles = ['id', 'records', 'refused', 'first', 'at', 'last', 'at'];
    const rows = ids.map((id) => [
      id.schemaId ?? 'none',
      id.records,
      id.refused,
      placeOf(id.first),
      timeOf(id.first),
      placeOf(id.last),
      timeOf(id.last),
    ]);
    shell.print(
      renderTable(
        shell,
        titles.map((title) => ({ title })),
        rows,
      ),
    );
  }
  const colour = refused === 0 ? 'green' : 'red';
  shell.print(shell.style(colour, `${refused} of ${countOf(records, 'record')} would be refused`));
  for (const cause of causes) shell.print(describeCause(cause, sample));
  if (otherRefusals > 0) shell.print(`  ${otherRefusals} for other causes`);
}

function describeCause(
  { schemaId, code, reason, records, newest, sample }: RefusalCause,
  most: number,
): string {
  const id = schemaId === null ? 'without an id' : `id ${schemaId}`;
  const line = `  ${records} of ${id}: ${code} ${reason}; newest ${timeOf(newest)} at ${placeOf(newest)}`;
  return most === 0 ? line : `${line}\n    sample: ${sample.map(placeOf).join(', ')}`;
}

/** `3/17`: partition and offset. */
function placeOf({ partition, offset }: Mark): string {
  return `${partition}/${offset}`;
}

function timeOf({ timestamp }: Mark): string {
  return new Date(Number(timestamp)).toISOString();
}
