/** The real program in processes of its own, for tests and soaks. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('./zoner.ts', import.meta.url));
export const CHECKER = fileURLToPath(new URL('../stack/independent-account.ts', import.meta.url));

/** kafkajs sets timers in the past; the program's first line says the same. */
const QUIET = '--disable-warning=TimeoutNegativeWarning';

export interface ProcessEnd {
  /** -1 if a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process said, and the signal that ended it. */
export interface Death {
  readonly said: string;
  readonly signal: string | null;
}

/** Runs a program of a test to its end, which may be a signal. */
export function runToDeath(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Death> {
  const child = spawn(process.execPath, [QUIET, program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text) => {
    said += String(text);
  });
  return new Promise((resolve) => child.once('close', (_, signal) => resolve({ said, signal })));
}

export interface ZonerProcesses {
  /** Runs a command to its end. */
  run(...args: readonly string[]): Promise<ProcessEnd>;
  /** Runs one that has to end well. @throws Error with what it said otherwise */
  done(...args: readonly string[]): Promise<string>;
  /** Starts one that somebody will end. */
  start(...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<ProcessEnd> };
  /** Runs the checker that shares no line with the product. */
  check(...topicsAndTables: readonly string[]): Promise<ProcessEnd>;
}

/** Programs that are started in this folder with these variables. */
export function zonerIn(folder: string, env: Readonly<Record<string, string | undefined>>): ZonerProcesses {
  const options = {
    cwd: folder,
    env: { ...env, NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
  };
  const runFile = (file: string, args: readonly string[]): Promise<ProcessEnd> =>
    new Promise((resolve) => {
      execFile(process.execPath, [QUIET, file, ...args], options, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
      });
    });
  const run = (...args: readonly string[]): Promise<ProcessEnd> => runFile(PROGRAM, args);
  return {
    run,
    async done(...args) {
      const { code, stdout, stderr } = await run(...args);
      if (code !== 0) throw new Error(`zoner ${args.join(' ')} ended with ${code}:\n${stderr}\n${stdout}`);
      return stdout;
    },
    start(...args) {
      const child = spawn(process.execPath, [QUIET, PROGRAM, ...args], {
        ...options,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said = { stdout: '', stderr: '' };
      child.stdout.on('data', (text) => {
        said.stdout += String(text);
      });
      child.stderr.on('data', (text) => {
        said.stderr += String(text);
      });
      const ended = new Promise<ProcessEnd>((resolve) => {
        child.once('close', (code) => resolve({ code: code ?? -1, ...said }));
      });
      return { child, ended };
    },
    check: (...topicsAndTables) => runFile(CHECKER, topicsAndTables),
  };
}
