import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenMetrics } from '#cli/open-metrics.ts';
import { openScanDeps } from '#cli/open-scan.ts';
import type { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import type { ConsumedContract } from '#consumer/ports.ts';
import type { Config } from '#core/config.ts';
import { countLetters } from '#dead-letters/count-letters.ts';

/** Letters live for thirty days, and an alert tells five days before the end: no need to read them all more often. */
const EVERY_MS = 3_600_000;
/** A count that takes longer is given up: the broker does not answer. */
const PATIENCE_MS = 300_000;

/** Counts the dead letters of these contracts at once and every hour, until the command ends. */
export async function keepLetterGauges(
  shell: Shell,
  config: Config,
  contracts: readonly ConsumedContract[],
  metrics: OpenMetrics,
  resources: Resources,
): Promise<void> {
  const ending = new AbortController();
  const scan = await openScanDeps(shell, config, resources);
  const byName = new Map(contracts.map((contract) => [contract.name, contract]));
  const gauges = metrics.addLetters([...byName.keys()], async (name) => {
    const contract = byName.get(name);
    if (contract === undefined) throw new Error(`no contract ${name}`);
    const signal = AbortSignal.any([shell.signal, ending.signal, AbortSignal.timeout(PATIENCE_MS)]);
    return countLetters({ ...scan, contract, signal }, Date.now());
  });
  const counting = (async () => {
    while (!ending.signal.aborted) {
      await gauges.refresh();
      await sleep(EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  resources.use({
    async close() {
      ending.abort();
      await counting;
    },
  });
}
