import type { AddCommand } from '#cli/command.ts';
import { tellWait } from '#cli/dead-letters-settle.ts';
import { printErasures } from '#cli/forget-report.ts';
import { openErasure, requireConsumed } from '#cli/forget-session.ts';
import { type ContractOptions, formatOption, withContracts } from '#cli/options.ts';
import { printJson } from '#cli/print-json.ts';
import { startProgress } from '#cli/progress.ts';
import { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import type { ErasureEntry } from '#consumer/erasure-entry.ts';
import { ExitCode, ZonerError } from '#core/errors.ts';
import { acquireClaim } from '#dead-letters/claim.ts';
import { startWatch, type Watch } from '#dead-letters/watch.ts';
import { erase } from '#erasure/erase.ts';
import { type ErasurePlan, planErasure } from '#erasure/plan.ts';
import type { EraseDeps } from '#erasure/ports.ts';
import { search } from '#erasure/search.ts';

interface Options extends ContractOptions {
  readonly plan?: true;
  readonly apply?: true;
  readonly contract: readonly string[];
  readonly reason?: string;
  readonly format: string;
}

/** What is held of a person under one contract, and what was done about it. */
export interface ContractErasure extends ErasurePlan {
  /** How much was taken away just now, by what it was; null where nothing was to be. */
  readonly erased: Readonly<Record<string, number>> | null;
  /** What the journal says of this person; null without the key that it was written under. */
  readonly journal: readonly Pick<ErasureEntry, 'run' | 'at' | 'reason' | 'state'>[] | null;
}

/** `zoner forget`: a person's data out of everything that Zoner has filled. */
export const addForget: AddCommand = (program, shell, finish) => {
  withContracts(program.command('forget'))
    .argument('<person>', 'as the contracts call them: what the field `person` of contract.json holds')
    .option('--plan', 'print what is held and what apply would do; exit 2 if that is anything (the default)')
    .option('--apply', 'erase, then look again: exit 1 if anything is left to do')
    .option('--reason <text>', 'with --apply: why, such as a ticket; stands in the journal')
    .option(
      '--contract <name>',
      'only this contract; may be repeated, all that name a person if none is named',
      (name: string, before: readonly string[]) => [...before, name],
      [],
    )
    .addOption(formatOption('text', 'json'))
    .action(async (person: string, options: Options) => {
      if (options.plan && options.apply) throw new ZonerError('USAGE', 'name --plan or --apply, not both');
      if (options.apply && (options.reason ?? '').trim() === '')
        throw new ZonerError('USAGE', '--apply needs a --reason');
      const erasures = await forget(shell, person, options);
      if (options.format === 'json') printJson(shell, erasures);
      else printErasures(shell, erasures);
      const plans = Object.values(erasures);
      const isLeft = plans.some(({ steps }) => steps.some(({ change }) => change !== null));
      const isRefused = plans.some(({ refusals }) => refusals.length > 0);
      if (isRefused || (isLeft && options.apply)) finish(ExitCode.negative);
      else finish(isLeft ? ExitCode.changes : ExitCode.ok);
    });
};

async function forget(
  shell: Shell,
  person: string,
  options: Options,
): Promise<Readonly<Record<string, ContractErasure>>> {
  await using resources = new Resources();
  const contracts = await openErasure(shell, person, options.contract, options, resources);
  const erasures: Record<string, ContractErasure> = {};
  for (const deps of contracts) {
    const progress = startProgress(shell, `${deps.contract.name}: reading topics, table and Redis`);
    try {
      const watch = resources.use(await startWatch(deps));
      const { reason } = options;
      erasures[deps.contract.name] = options.apply
        ? await applyTo(shell, person, reason ?? '', watch, deps)
        : await planFor(person, watch, deps);
    } finally {
      progress.stop();
    }
  }
  return erasures;
}

async function planFor(person: string, watch: Watch, deps: EraseDeps): Promise<ContractErasure> {
  return {
    ...(await look(person, await endsNow(deps), watch, deps)).plan,
    erased: null,
    journal: told(watch, deps),
  };
}

async function applyTo(
  shell: Shell,
  person: string,
  reason: string,
  watch: Watch,
  deps: EraseDeps,
): Promise<ContractErasure> {
  const { hash } = deps;
  if (hash === null) {
    throw new ZonerError('CONFIG_INVALID', 'ZONER_ERASURE_KEY is not set: the journal holds no names', {
      remedy: 'Make one and keep it with your other secrets: openssl rand -hex 32',
    });
  }
  const claim = await acquireClaim(watch, deps, (run) => tellWait(shell, run));
  try {
    const ends = await endsNow(deps);
    await requireConsumed(ends, deps);
    await claim.keep();
    const { findings, plan } = await look(person, ends, watch, deps);
    if (plan.refusals.length > 0 || !plan.steps.some(({ change }) => change !== null))
      return { ...plan, erased: null, journal: told(watch, deps) };
    const erased = await erase({ person, hash, reason }, findings, watch, claim, deps);
    await watch.caughtUp();
    const { plan: left } = await look(person, ends, watch, deps);
    return { ...left, erased, journal: told(watch, deps) };
  } finally {
    await claim.release().catch(() => undefined);
  }
}

async function look(person: string, ends: ReadonlyMap<number, bigint>, watch: Watch, deps: EraseDeps) {
  const { table, key, person: field } = deps.contract;
  const findings = await search(person, ends, watch, deps);
  return { findings, plan: planErasure(findings, { table, isKeyed: key === field }) };
}

async function endsNow({ offsets, contract }: EraseDeps): Promise<ReadonlyMap<number, bigint>> {
  const ranges = await offsets.ranges(contract.topic);
  return new Map([...ranges].map(([partition, { high }]) => [partition, high]));
}

function told({ erasures }: Watch, { hash }: EraseDeps): ContractErasure['journal'] {
  if (hash === null) return null;
  return erasures
    .filter(({ person }) => person === hash)
    .map(({ run, at, reason, state }) => ({ run, at, reason, state }));
}
