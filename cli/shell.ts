import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Everything a command may touch of its process. Commands get it handed in, so that tests can look on. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Aborts on Ctrl-C and SIGTERM: finish what was begun, then end. */
  readonly signal: AbortSignal;
  /** True if a person watches standard error. */
  readonly interactive: boolean;
  /** One or more whole lines of what the command was asked for. */
  print(text: string): void;
  /** Empties the screen before what is printed next, if standard output is a terminal. */
  clear(): void;
  /** A line for the person at the terminal: progress, warnings, summaries beside machine-readable output. */
  tell(text: string): void;
  /** Coloured for standard output if that is a terminal and NO_COLOR is not set. */
  style(style: Style, text: string): string;
}

/** Moves to the first place, and empties the screen and what was scrolled away. */
const CLEAR = '\u001b[H\u001b[2J\u001b[3J';

/** The shell of this process. */
export function processShell(signal: AbortSignal): Shell {
  return {
    env: process.env,
    directory: process.cwd(),
    signal,
    interactive: isWatched(process.stderr),
    print: (text) => void process.stdout.write(`${text}\n`),
    clear: () => void (process.stdout.isTTY && process.stdout.write(CLEAR)),
    tell: (text) => void process.stderr.write(`${text}\n`),
    style: (style, text) => styleText(style, text, { stream: process.stdout }),
  };
}

/**
 * True for a terminal that a line can be drawn on again. One that says it has no columns (`script` without a terminal, some
 * containers) would have the spinner count the lines of its text to infinity.
 */
export function isWatched({
  isTTY,
  columns,
}: {
  readonly isTTY?: boolean;
  readonly columns?: number;
}): boolean {
  return isTTY === true && columns !== 0;
}
