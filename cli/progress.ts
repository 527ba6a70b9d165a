import ora from 'ora';
import type { Shell } from '#cli/shell.ts';

export interface Progress {
  update(text: string): void;
  /** Ends the line; the text stays on screen. */
  done(text: string): void;
  /** Ends the line without a result, because an error will say more. */
  stop(): void;
}

const TELL_EVERY_MS = 10_000;

/** One line that changes while a person watches; in a file or a pipe a line every ten seconds, and the last state. */
export function startProgress(shell: Shell, text: string, now = (): number => performance.now()): Progress {
  if (!shell.interactive) return tellNowAndThen(shell, now);
  const spinner = ora({ text, stream: process.stderr }).start();
  return {
    update: (next) => {
      spinner.text = next;
    },
    done: (last) => void spinner.stopAndPersist({ symbol: ' ', text: last }),
    stop: () => void spinner.stop(),
  };
}

function tellNowAndThen({ tell }: Shell, now: () => number): Progress {
  let told = now();
  return {
    update(text) {
      if (now() - told < TELL_EVERY_MS) return;
      told = now();
      tell(text);
    },
    done: tell,
    stop: () => {},
  };
}

const BAR_WIDTH = 20;

/** `done` of `total` as a bar; a full one if there is nothing to do. */
export function progressBar(done: number, total: number): string {
  const full = total === 0 ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.round((done / total) * BAR_WIDTH));
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
}
