import type { AddCommand } from '#cli/command.ts';
import { addExportLetters } from '#cli/dead-letters-export.ts';
import { addListLetters } from '#cli/dead-letters-list.ts';
import { addReplayLetters } from '#cli/dead-letters-replay.ts';
import { addSettleLetters } from '#cli/dead-letters-settle.ts';
import { addShowLetter } from '#cli/dead-letters-show.ts';

/** `zoner dead-letters`: why records were refused, and what to do about it. */
export const addDeadLetters: AddCommand = (program, shell, finish, run) => {
  const letters = program.command('dead-letters');
  addListLetters(letters, shell, finish, run);
  addShowLetter(letters, shell, finish, run);
  addReplayLetters(letters, shell, finish, run);
  addSettleLetters(letters, shell, finish, run);
  addExportLetters(letters, shell, finish, run);
};
