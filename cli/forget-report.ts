import type { ContractErasure } from '#cli/forget.ts';
import { countOf } from '#cli/plan-lines.ts';
import type { Shell } from '#cli/shell.ts';

/** Prints what is held of a person by contract; the person's name is in none of it. */
export function printErasures(shell: Shell, erasures: Readonly<Record<string, ContractErasure>>): void {
  for (const [name, erasure] of Object.entries(erasures)) {
    shell.print(shell.style('bold', name));
    printOne(shell, erasure);
  }
}

function printOne(shell: Shell, { steps, refusals, unknown, erased, journal }: ContractErasure): void {
  if (erased !== null) {
    const parts = Object.entries(erased).map(([what, count]) => `${what} ${count}`);
    shell.print(`${shell.style('green', '✓')} erased: ${parts.join(', ')}`);
  }
  for (const { object, found, change, remains } of steps) {
    const sign = change === null ? '·' : shell.style('yellow', '~');
    shell.print(`${sign} ${object}: ${found} found${change === null ? ', nothing to do' : `: ${change}`}`);
    if (remains !== null) shell.print(`    ${remains}`);
  }
  for (const each of refusals) shell.print(`${shell.style('red', 'refused')} ${each}`);
  if (unknown > 0)
    shell.print(`  ${countOf(unknown, 'record')} that nobody can read, and whose key names nobody`);
  if (journal === null) shell.print('  without ZONER_ERASURE_KEY the journal cannot be asked');
  else
    for (const { at, state, reason, run } of journal)
      shell.print(`  journal: ${at} ${state}, ${reason} (${run})`);
  const left = steps.filter(({ change }) => change !== null).length;
  shell.print(left === 0 ? '  nothing left to do' : `  ${countOf(left, 'thing')} to do`);
}
