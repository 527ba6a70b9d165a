import type { AddCommand } from '#cli/command.ts';
import { contractOfIds, wholeIds } from '#cli/letter-ids.ts';
import { openLetters } from '#cli/letter-session.ts';
import { type ContractOptions, formatOption, withContracts } from '#cli/options.ts';
import { printJson } from '#cli/print-json.ts';
import { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import { ExitCode, ZonerError } from '#core/errors.ts';
import { acquireClaim } from '#dead-letters/claim.ts';
import { type Decision, type Settled, settle } from '#dead-letters/settle.ts';
import { startWatch } from '#dead-letters/watch.ts';

const COMMANDS: readonly (readonly [name: Decision, description: string])[] = [
  ['park', 'set letters aside: they are kept for ever, and replay passes them over'],
  ['unpark', 'open letters again that were parked or discarded; they may be replayed five times more'],
  ['discard', 'give letters up: reconcile counts them as discarded'],
];

const DONE: Readonly<Record<Decision, string>> = {
  park: 'parked',
  unpark: 'open again',
  discard: 'discarded',
};

type Options = ContractOptions & { readonly reason: string; readonly format: string };

/** `zoner dead-letters park`, `unpark` and `discard`: what a person decides of single letters. */
export const addSettleLetters: AddCommand = (letters, shell, finish) => {
  for (const [decision, description] of COMMANDS) {
    withContracts(letters.command(decision))
      .description(description)
      .argument('<ids...>', 'ids of letters of one contract, as list prints them')
      .requiredOption('--reason <text>', 'why; stands in the ledger')
      .addOption(formatOption('text', 'json'))
      .action(async (ids: string[], options: Options) => {
        const settled = await settleLetters(shell, decision, ids, options);
        if (options.format === 'json') printJson(shell, settled);
        else for (const each of settled) shell.print(describe(decision, each));
        const isRefused = settled.some(({ outcome }) => outcome === 'refused' || outcome === 'gone');
        finish(isRefused ? ExitCode.negative : ExitCode.ok);
      });
  }
};

async function settleLetters(
  shell: Shell,
  decision: Decision,
  ids: readonly string[],
  options: Options,
): Promise<readonly Settled[]> {
  if (options.reason.trim() === '') throw new ZonerError('USAGE', '--reason needs a text');
  await using resources = new Resources();
  const session = await openLetters(shell, [], options, resources);
  const deps = await session.writeDeps(contractOfIds(ids, session.contracts), decision);
  const watch = resources.use(await startWatch(deps));
  const claim = await acquireClaim(watch, deps, (run) => tellWait(shell, run));
  try {
    return await settle(decision, wholeIds(ids, watch.book), options.reason, watch, deps);
  } finally {
    await claim.release().catch(() => undefined);
  }
}

/** Another run has said that it is under way. */
export function tellWait(shell: Shell, run: string): void {
  shell.tell(`${run} may be under way: waiting for up to 15 s to see whether it lives`);
}

function describe(decision: Decision, settled: Settled): string {
  const { id } = settled;
  switch (settled.outcome) {
    case 'done':
      return `${id}: ${DONE[decision]}`;
    case 'already':
      return `${id}: ${DONE[decision]} already`;
    case 'gone':
      return `${id}: the letter itself is retained no longer`;
    default:
      return settled.state === null
        ? `${id}: there is no such letter`
        : `${id}: is ${settled.state}, so that there is nothing to ${decision}`;
  }
}
