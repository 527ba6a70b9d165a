import type { Position } from '#avro/model.ts';
import type { TypeScriptEffect } from '#check/diff/change.ts';
import type { JavaScriptVerdict } from '#check/javascript.ts';
import type { CheckRule, Weight } from '#check/rules.ts';
import type { WarehouseEffect } from '#check/warehouse.ts';
import type { CompatibilityLevel, Waiver } from '#contract/contract.ts';

/** One direction on the wire. */
export interface WireDirection {
  readonly compatible: boolean;
  /** True if the contract's level asks for it: then it must be. */
  readonly asked: boolean;
  /** The oldest version, of those that the level asks for, that breaks; null if none does. */
  readonly brokenBy: { readonly version: string; readonly id: number | null } | null;
  /** In Java's words, with its JSON pointers. */
  readonly incompatibilities: readonly {
    readonly type: string;
    readonly location: string;
    readonly message: string;
  }[];
}

/** What one change means everywhere. */
export interface VerdictRow {
  readonly rule: CheckRule;
  readonly weight: Weight;
  /** `SleepSession.stages[].stage`. */
  readonly at: string;
  /** Below the schemas folder. */
  readonly position: Position;
  readonly message: string;
  readonly remedy: string;
  readonly wire: { readonly backward: WireDirection; readonly forward: WireDirection };
  readonly javascript: JavaScriptVerdict;
  readonly typescript: TypeScriptEffect;
  readonly warehouse: WarehouseEffect;
  /** The agreement that lets it pass; null for most. */
  readonly waiver: Waiver | null;
}

export interface ContractVerdict {
  readonly contract: string;
  readonly subject: string;
  readonly level: CompatibilityLevel;
  /**
   * `new`: nothing was registered before; `unchanged`: the latest version is the working tree; `registered`: an older
   * version is.
   */
  readonly state: 'new' | 'unchanged' | 'changed';
  /** How many versions it was compared with. */
  readonly versions: number;
  readonly rows: readonly VerdictRow[];
  /** Every statement that the warehouse needs, in order. */
  readonly statements: readonly string[];
  readonly rollOut: readonly string[];
  /** What else a person should know, each in a sentence. */
  readonly notes: readonly string[];
}

export interface Verdict {
  /** What it was compared with, in words. */
  readonly against: string;
  readonly contracts: readonly ContractVerdict[];
  /** What concerns no contract of the working tree. */
  readonly notes: readonly string[];
}

/** The rows that let a check fail: those that nobody waived. */
export function breakingRows({ contracts }: Verdict): readonly VerdictRow[] {
  return rowsOf(contracts, 'breaking');
}

export function warningRows({ contracts }: Verdict): readonly VerdictRow[] {
  return rowsOf(contracts, 'warning');
}

function rowsOf(contracts: readonly ContractVerdict[], weight: Weight): readonly VerdictRow[] {
  return contracts.flatMap(({ rows }) => rows.filter((row) => row.weight === weight && row.waiver === null));
}
