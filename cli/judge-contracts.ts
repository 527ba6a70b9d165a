import { type Baseline, judgeContract } from '#check/judge-contract.ts';
import { planWarehouse } from '#check/plan-warehouse.ts';
import type { ContractVerdict, Verdict } from '#check/verdict.ts';
import { today } from '#cli/today.ts';
import type { LoadedContract } from '#contract/load.ts';
import { positionOfSetting } from '#contract/settings.ts';

export interface JudgeContractsOptions {
  /** Whose database and schema the statements name. */
  readonly place: { readonly database: string; readonly schema: string };
  readonly env: string | null;
  readonly notes?: ReadonlyMap<string, readonly string[]>;
}

/** The verdict on contracts, with the statements of the warehouse's own planner. */
export function judgeContracts(
  loaded: readonly LoadedContract[],
  baseline: Baseline,
  { place, env, notes = new Map() }: JudgeContractsOptions,
): Verdict {
  const settings = new Map(loaded.map((each) => [each.contract.name, each.settings]));
  const contracts = loaded.map(({ contract }): ContractVerdict => {
    const verdict = judgeContract(contract, baseline, {
      today: today(),
      env,
      planWarehouse: (of, history) => planWarehouse(of, history, place),
      positionOfWaiver: ({ name, root }, index) => {
        const read = settings.get(name);
        return read === undefined ? root.position : positionOfSetting(read, 'waivers', index);
      },
    });
    return { ...verdict, notes: [...verdict.notes, ...(notes.get(contract.name) ?? [])] };
  });
  const others = [...notes].filter(([name]) => !settings.has(name));
  const general = others.flatMap(([name, texts]) => texts.map((text) => `${name}: ${text}`));
  return { against: baseline.against, contracts, notes: general };
}
