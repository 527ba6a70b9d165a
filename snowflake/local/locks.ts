import { SqlError } from '#snowflake/local/sql-error.ts';

/**
 * How transactions keep out of each other's way, as Snowflake's do: rows may be added side by side; UPDATE, DELETE and
 * MERGE with an update wait for each other; DDL waits for everybody.
 */
export type LockMode = 'append' | 'write' | 'alter';

const COMPATIBLE: Readonly<Record<LockMode, readonly LockMode[]>> = {
  append: ['append', 'write'],
  write: ['append'],
  alter: [],
};

interface Held {
  readonly table: string;
  readonly mode: LockMode;
  readonly owner: object;
}

export class Locks {
  #held: Held[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #blocked = new Set<object>();

  /** Waits for the lock; an owner never waits for itself. @throws SqlError after the timeout, as Snowflake does */
  async acquire(owner: object, table: string, mode: LockMode, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    try {
      while (this.#isBlocked(owner, table, mode)) {
        this.#blocked.add(owner);
        const left = deadline - Date.now();
        if (left <= 0) {
          const message = `Statement was aborted: it waited longer than LOCK_TIMEOUT for the lock on ${table}.`;
          throw new SqlError('000625', '57014', message);
        }
        await this.#changeOrTimeout(left);
      }
    } finally {
      this.#blocked.delete(owner);
    }
    this.#held.push({ owner, table, mode });
  }

  isWaiting(owner: object): boolean {
    return this.#blocked.has(owner);
  }

  release(owner: object): void {
    this.#held = this.#held.filter((each) => each.owner !== owner);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  #isBlocked(owner: object, table: string, mode: LockMode): boolean {
    return this.#held.some((each) => {
      return each.owner !== owner && each.table === table && !COMPATIBLE[mode].includes(each.mode);
    });
  }

  #changeOrTimeout(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }
}
