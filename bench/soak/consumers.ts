import { setTimeout as sleep } from 'node:timers/promises';
import { refuseDefects, type World } from '#bench/soak/world.ts';
import type { ZonerProcesses } from '#cli/zoner-process.ts';

type Running = ReturnType<ZonerProcesses['start']>;

/** Members of the loading group that are started again whenever they end, as a supervisor does. */
export class Consumers {
  readonly #world: World;
  readonly #members: (Running | null)[];
  readonly #loops: Promise<void>[] = [];
  #isWanted = false;
  #defect: unknown = null;

  constructor(world: World, count: number) {
    this.#world = world;
    this.#members = Array.from({ length: count }, () => null);
  }

  begin(): void {
    this.#isWanted = true;
    this.#members.forEach((_, index) => void this.#loops.push(this.#keep(index)));
  }

  /** One of the processes that run now. */
  one(): Running | null {
    const running = this.#members.filter((each) => each !== null);
    return running[Math.floor(this.#world.random() * running.length)] ?? null;
  }

  /** Ends all of them, with time to drain; they come back, with the contracts that are current then. */
  restart(): void {
    for (const member of this.#members) member?.child.kill('SIGTERM');
  }

  /** Ends them for good. @throws whatever was wrong with one of them */
  async end(): Promise<void> {
    this.#isWanted = false;
    this.restart();
    await Promise.all(this.#loops);
    if (this.#defect !== null) throw this.#defect;
  }

  async #keep(index: number): Promise<void> {
    while (this.#isWanted) {
      const args = [
        ...[
          'consume',
          '--schemas',
          this.#world.version,
          '--session-timeout',
          '6000',
          '--unknown-wait',
          '0.5',
        ],
        ...['--drain', '5', '--accept', 'WRITER_INCOMPATIBLE', '--accept', 'UNDECODABLE'],
      ];
      const member = this.#world.zoner.start(...args);
      this.#members[index] = member;
      const end = await member.ended;
      this.#members[index] = null;
      try {
        refuseDefects(args, end);
      } catch (error) {
        this.#defect ??= error;
        return;
      }
      if (this.#isWanted) await sleep(300);
    }
  }
}
