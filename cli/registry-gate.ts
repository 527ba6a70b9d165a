import { REPORTERS } from '#check/report/render.ts';
import { summaryOf } from '#check/report/summary.ts';
import type { Verdict } from '#check/verdict.ts';
import { readRegistryLock, registryAsBaseline } from '#cli/check-baseline.ts';
import { judgeContracts } from '#cli/judge-contracts.ts';
import { DEFAULT_PLACE } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { today } from '#cli/today.ts';
import type { LoadedContract } from '#contract/load.ts';
import { ZonerError } from '#core/errors.ts';
import type { RegistryClient } from '#registry/client.ts';

/** What `zoner check --registry` would say; `apply` refuses what it refuses. @throws ZonerError as the client */
export async function judgeAgainstRegistry(
  client: RegistryClient,
  env: string,
  loaded: readonly LoadedContract[],
): Promise<Verdict> {
  const contracts = loaded.map(({ contract }) => contract);
  const held = await readRegistryLock(client, env, contracts);
  return judgeContracts(loaded, registryAsBaseline(held, env), { place: DEFAULT_PLACE, env });
}

export function isRefused(verdict: Verdict): boolean {
  return summaryOf(verdict).breaking > 0;
}

/** Tells what breaks. */
export function tellRefusal(shell: Shell, verdict: Verdict, schemas: string): void {
  const refused = verdict.contracts
    .map((each) => ({
      ...each,
      rows: each.rows.filter(({ weight, waiver }) => weight === 'breaking' && !waiver),
    }))
    .filter(({ rows }) => rows.length > 0);
  const options = { schemas, today: today(), all: false, style: shell.style };
  shell.tell(REPORTERS.text({ ...verdict, contracts: refused }, options));
}

/** @throws ZonerError CHECK_REFUSED after telling why */
export function requireCompatible(shell: Shell, verdict: Verdict, schemas: string): void {
  if (!isRefused(verdict)) return;
  tellRefusal(shell, verdict, schemas);
  const { breaking } = summaryOf(verdict);
  throw new ZonerError('CHECK_REFUSED', `${breaking} of the changes would break ${verdict.against}`);
}
