import type { AddCommand } from '#cli/command.ts';
import { filterOf, type WhereOptions, withWhere } from '#cli/letter-options.ts';
import { type LetterSession, openLetters } from '#cli/letter-session.ts';
import { type ContractOptions, formatOption, withContracts } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { printJson } from '#cli/print-json.ts';
import { startProgress } from '#cli/progress.ts';
import { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import type { Contract } from '#contract/contract.ts';
import { type Cause, CauseTally } from '#dead-letters/causes.ts';
import { type LetterState, STATES } from '#dead-letters/letter-book.ts';
import { surveyProved } from '#dead-letters/survey.ts';
import { startWatch } from '#dead-letters/watch.ts';

type Options = ContractOptions & WhereOptions & { readonly format: string };

/** A cause, and the version of the schema that its letters were written with. */
type TracedCause = Cause & { readonly broughtBy: readonly string[] };

interface ContractLetters {
  /** How many letters are in each state. */
  readonly states: Readonly<Record<LetterState, number>>;
  readonly causes: readonly TracedCause[];
}

/** `zoner dead-letters list`: open letters by cause. */
export const addListLetters: AddCommand = (letters, shell) => {
  withWhere(withContracts(letters.command('list')))
    .description('open dead letters by cause: how many, since when, and how many would be rows today')
    .argument('[contracts...]', 'names of contracts; all if none is named')
    .addOption(formatOption('text', 'json'))
    .action(async (names: string[], options: Options) => {
      await using resources = new Resources();
      const session = await openLetters(shell, names, options, resources);
      const found: Record<string, ContractLetters> = {};
      for (const contract of session.contracts)
        found[contract.name] = await listLetters(shell, contract, session, options);
      if (options.format === 'json') printJson(shell, found);
      else for (const [name, list] of Object.entries(found)) printLetters(shell, name, list);
    });
};

async function listLetters(
  shell: Shell,
  contract: Contract,
  session: LetterSession,
  options: Options,
): Promise<ContractLetters> {
  const deps = session.readDeps(contract);
  const progress = startProgress(shell, `${contract.name}: reading its dead letters`);
  const watch = await startWatch(deps).catch((error: unknown) => {
    progress.stop();
    throw error;
  });
  try {
    const states = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<LetterState, number>;
    for (const { state } of watch.book.all()) states[state] += 1;
    const tally = new CauseTally();
    let proved = 0;
    const choice = { states: new Set<LetterState>(['open']), filter: filterOf(options) };
    await surveyProved(watch, deps, choice, async (batch) => {
      for (const { letter, verdict } of batch) tally.add(letter, verdict);
      proved += batch.length;
      progress.update(`${contract.name}: ${proved} of ${countOf(states.open, 'open letter')} proved`);
      return true;
    });
    return { states, causes: await traced(tally.close(), session) };
  } finally {
    progress.stop();
    await watch.close();
  }
}

/** Garbage may hold any number of ids; nobody reads further than this. */
const MAX_TRACED = 50;

async function traced(
  causes: readonly Cause[],
  { registry }: LetterSession,
): Promise<readonly TracedCause[]> {
  const ids = new Set(causes.flatMap(({ schemaId }) => schemaId ?? []).slice(0, MAX_TRACED));
  const versions = new Map<number, readonly string[]>();
  for (const id of ids) {
    const found = (await registry.subjectsOfId(id)) ?? [];
    versions.set(
      id,
      found.map(({ subject, version }) => `${subject} version ${version}`),
    );
  }
  return causes.map((cause) => ({ ...cause, broughtBy: versions.get(cause.schemaId ?? 0) ?? [] }));
}

function printLetters(shell: Shell, name: string, { states, causes }: ContractLetters): void {
  const others = STATES.filter((state) => state !== 'open' && states[state] > 0);
  const rest = others.map((state) => `${states[state]} ${state}`).join(', ');
  shell.print(
    `${shell.style('bold', name)}: ${countOf(states.open, 'open dead letter')}${rest === '' ? '' : `; ${rest}`}`,
  );
  for (const cause of causes) printCause(shell, cause);
}

function printCause(shell: Shell, cause: TracedCause): void {
  const { count, decodable, firstFailedAt, lastFailedAt, sample, broughtBy, stillFails } = cause;
  const proof = `now decodable: ${decodable} of ${count}`;
  const styled = decodable === 0 ? proof : shell.style('green', proof);
  shell.print(`  ${shell.style('bold', cause.cause)}  ${countOf(count, 'letter')}, ${styled}`);
  const since = `${iso(firstFailedAt)} to ${iso(lastFailedAt)}`;
  shell.print(`    ${since}${broughtBy.length === 0 ? '' : `, written with ${broughtBy.join(', ')}`}`);
  shell.print(`    ${sample.reason}`);
  if (stillFails !== null && decodable > 0)
    shell.print(`    the others still fail: ${stillFails.code} ${stillFails.reason}`);
  shell.print(shell.style('dim', `    such as ${sample.id}`));
}

function iso(milliseconds: bigint): string {
  return new Date(Number(milliseconds)).toISOString();
}
