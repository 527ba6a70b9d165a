import pRetry from 'p-retry';
import { openScanDeps } from '#cli/open-scan.ts';
import { openTables } from '#cli/open-tables.ts';
import type { ContractOptions } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { printJson } from '#cli/print-json.ts';
import { progressBar, startProgress } from '#cli/progress.ts';

import { Resources } from '#cli/resources.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { type OverwriteDeps, type Overwritten, overwrite } from '#consumer/overwrite.ts';
import { readErased } from '#consumer/read-erased.ts';
import { createReader } from '#consumer/reader.ts';
import { ExitCode, isZonerError } from '#core/errors.ts';
import { createRewriter } from '#snowflake/rewriter.ts';
import { SINK_DEFAULTS } from '#snowflake/sink.ts';

export interface OverwriteOptions extends ContractOptions {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly dryRun?: true;
  readonly format: string;
}

const SHOWN_PLACES = 20;

/**
 * `zoner consume --from TIME --overwrite`: the rows of a range, decoded anew from the retained records, in place.
 * @returns negative if rows stay as they are because their records are refused today
 */
export async function overwriteRows(
  shell: Shell,
  names: readonly string[],
  options: OverwriteOptions,
): Promise<ExitCode> {
  await using resources = new Resources();
  const config = loadSettings(shell, options.env);
  const { warehouse, place, contracts } = await openTables(shell, config, options, names, resources);
  const { createRegistryClient } = await import('#registry/client.ts');
  const { createSchemaStore } = await import('#registry/schema-store.ts');
  const shared = {
    writers: createSchemaStore(createRegistryClient(config.registry)),
    scan: await openScanDeps(shell, config, resources),
    isWriting: options.dryRun !== true,
    insist: <T>(step: () => Promise<T>): Promise<T> => insist(step, shell.signal),
  };
  const done: Record<string, Overwritten> = {};
  for (const { contract, history } of contracts) {
    const rewriter = createRewriter(contract, { warehouse, place, options: SINK_DEFAULTS }, history);
    const erased = await readErased(contract.topic, shared.scan);
    const deps = { ...shared, reader: createReader(contract, undefined, erased), rewriter };
    done[contract.name] = await withProgress(shell, contract.name, options, deps);
  }
  if (options.format === 'json') printJson(shell, done);
  else for (const [name, counts] of Object.entries(done)) printCounts(shell, name, counts, options);
  return Object.values(done).some(({ staleRows }) => staleRows > 0) ? ExitCode.negative : ExitCode.ok;
}

async function withProgress(
  shell: Shell,
  name: string,
  { from }: OverwriteOptions,
  deps: Omit<OverwriteDeps, 'onProgress'>,
): Promise<Overwritten> {
  const progress = startProgress(shell, `${name}: asking where the range begins`);
  try {
    return await overwrite(BigInt(Math.max(0, Math.floor(from))), {
      ...deps,
      onProgress: (records, total) =>
        progress.update(`${name}: ${progressBar(records, total)} ${records} of ${countOf(total, 'record')}`),
    });
  } finally {
    progress.stop();
  }
}

/** A moment without a service is waited out, half a minute in all; whoever waits longer runs the command again. */
function insist<T>(step: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return pRetry(step, {
    retries: 5,
    minTimeout: 1000,
    signal,
    shouldRetry: ({ error }) => isZonerError(error) && error.retryable,
  });
}

function printCounts(shell: Shell, name: string, counts: Overwritten, { dryRun }: OverwriteOptions): void {
  const { records, rewritten, absent, skipped, staleRows, stale } = counts;
  const refused = Object.values(counts.refused).reduce((sum, count) => sum + count, 0);
  const causes = Object.entries(counts.refused).map(([code, count]) => `${count} ${code}`);
  const parts = [
    `${countOf(rewritten, 'row')} ${dryRun === true ? 'to be written anew' : 'written anew'}`,
    ...(staleRows > 0 ? [shell.style('red', `${countOf(staleRows, 'row')} left as they were`)] : []),
    `${absent} not in the table`,
    `${refused} refused as before${causes.length > 0 ? ` (${causes.join(', ')})` : ''}`,
    `${skipped} skipped`,
  ];
  shell.print(`${name}: ${countOf(records, 'record')} read, ${parts.join(', ')}`);
  for (const { partition, offset, code, reason } of stale.slice(0, SHOWN_PLACES))
    shell.print(`  row of partition ${partition}, offset ${offset} is refused today: ${code} ${reason}`);
  if (staleRows > SHOWN_PLACES) shell.print(`  and ${staleRows - SHOWN_PLACES} more`);
}
