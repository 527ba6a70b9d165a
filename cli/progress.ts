import ora from 'ora';
import type { Shell } from '#cli/shell.ts';

export interface Progress {
  update(text: string): void;
  /** Ends the line; the text stays on screen. */
  done(text: string): void;
  /** Ends the line without a result, because an error will say more. */
  stop(): void;
}

/** One line that changes while a person watches; for a file or a pipe only its last state. */
export function startProgress(shell: Shell, text: string): Progress {
  if (!shell.interactive) return { update: () => {}, done: shell.tell, stop: () => {} };
  const spinner = ora({ text, stream: process.stderr }).start();
  return {
    update: (next) => {
      spinner.text = next;
    },
    done: (last) => void spinner.stopAndPersist({ symbol: ' ', text: last }),
    stop: () => void spinner.stop(),
  };
}
