import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a consumer has done since its first batch. */
export interface MemberReport {
  readonly records: number;
  readonly processorSeconds: number;
  /** Bytes. */
  readonly rss: number;
  /** Bytes after a collection of garbage, at a tenth and at nine tenths of all records; otherwise null. */
  readonly held: number | null;
}

export interface Member {
  readonly reports: MemberReport[];
  /** Seconds from the start of the process to its first batch. */
  firstRecord: number | null;
  kill(): void;
}

/** As `zoner` is started (see the first line of `cli/zoner.mjs`), and with a garbage collector that can be called. */
const FLAGS = ['--max-semi-space-size=16', '--expose-gc'];
const MEMBER = fileURLToPath(new URL('./member.ts', import.meta.url));

/** Consumers of one group, each a process of its own; `seen` is told of every batch. */
export class Members {
  readonly all: Member[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #seen: () => void;

  constructor(seen: () => void) {
    this.#seen = seen;
  }

  start(env: NodeJS.ProcessEnv, args: readonly string[]): Member {
    const started = performance.now();
    const child = fork(MEMBER, args, {
      env,
      execArgv: FLAGS,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const member: Member = { reports: [], firstRecord: null, kill: () => void child.kill('SIGKILL') };
    child.on('message', (report: MemberReport) => {
      member.firstRecord ??= (performance.now() - started) / 1000;
      member.reports.push(report);
      this.#seen();
    });
    this.#children.push(child);
    this.all.push(member);
    return member;
  }

  /** Records of all members, those that came twice counted twice. */
  records(): number {
    return this.all.reduce((sum, { reports }) => sum + (reports.at(-1)?.records ?? 0), 0);
  }

  end(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
