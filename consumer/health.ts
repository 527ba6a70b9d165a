import type { ZonerError } from '#core/errors.ts';

/** Why a partition waits, or a topic is stopped. */
export interface Cause {
  readonly what: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** ISO instant. */
  readonly since: string;
  readonly attempts: number;
}

export interface HealthReport {
  /** False if the process makes no progress and nothing explains it: end it. */
  readonly live: boolean;
  /** False while something is held, a topic is stopped, or the process begins or ends. */
  readonly ready: boolean;
  readonly phase: 'starting' | 'running' | 'draining';
  readonly causes: readonly Cause[];
  /** Partitions that have records and on which nothing works, as if the Kafka client had stopped. */
  readonly idle: readonly string[];
}

export interface HealthOptions {
  /** Without progress and without a cause for so long, a consumer that has work is not alive. */
  readonly stuckAfterMs: number;
  /** Milliseconds since 1970, for people. */
  now(): number;
  /** Monotonic milliseconds. */
  clock(): number;
}

/** Keeps what a consumer waits for. A hold with a named cause is live and not ready. */
export class Health {
  readonly #options: HealthOptions;
  readonly #causes = new Map<unknown, Cause>();
  readonly #working = new Map<unknown, number>();
  #idle = new Map<string, number>();
  #phase: HealthReport['phase'] = 'starting';

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  entered(phase: HealthReport['phase']): void {
    this.#phase = phase;
  }

  /** @param key one partition's work, or a topic */
  held(key: unknown, what: string, { code, message, remedy }: ZonerError, attempts: number): void {
    const since = this.#causes.get(key)?.since ?? new Date(this.#options.now()).toISOString();
    this.#causes.set(key, { what, code, message, remedy, since, attempts });
  }

  released(key: unknown): void {
    this.#causes.delete(key);
    if (this.#working.has(key)) this.#working.set(key, this.#options.clock());
  }

  /** A batch is being worked on, from now on. */
  begun(key: unknown): void {
    this.#working.set(key, this.#options.clock());
  }

  ended(key: unknown): void {
    this.#working.delete(key);
    this.#causes.delete(key);
  }

  /** These partitions have records, and nothing works on them; all others are fine. */
  idle(places: readonly string[]): void {
    const now = this.#options.clock();
    this.#idle = new Map(places.map((place) => [place, this.#idle.get(place) ?? now]));
  }

  report(): HealthReport {
    const now = this.#options.clock();
    const { stuckAfterMs } = this.#options;
    const causes = [...this.#causes.values()];
    const stuck =
      [...this.#working].some(([key, since]) => !this.#causes.has(key) && now - since > stuckAfterMs) ||
      // What is not fetched may wait for what is held, or be of a topic that is stopped.
      (causes.length === 0 && [...this.#idle.values()].some((since) => now - since > stuckAfterMs));
    return {
      live: !stuck,
      ready: !stuck && causes.length === 0 && this.#phase === 'running',
      phase: this.#phase,
      causes,
      idle: [...this.#idle.keys()],
    };
  }
}
