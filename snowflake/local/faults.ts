/** What a fault does to a request that it meets. */
export type FaultAction =
  /** The statement starts this much later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Its rows are written and wait this long for their commit: others may start, and see none of them. */
  | { readonly kind: 'hold'; readonly ms: number }
  /** It is not run, and refused with this code. */
  | { readonly kind: 'refuse'; readonly code: string; readonly sqlState: string; readonly message: string }
  /** It is run, and the connection ends without an answer. */
  | { readonly kind: 'drop' }
  /** It is not run; HTTP 503. */
  | { readonly kind: 'unavailable' };

export interface Fault {
  /** Statements whose text holds this. */
  readonly matches: string;
  readonly action: FaultAction;
  /** How many statements it meets before it is used up. */
  readonly times: number;
}

/** The faults that tests have ordered. */
export class Faults {
  readonly #faults: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times });
  }

  /** The first fault of these kinds that meets the statement; it counts as used once. */
  take(sql: string, ...kinds: readonly FaultAction['kind'][]): FaultAction | null {
    const found = this.#faults.find(({ fault, left }) => {
      return left > 0 && sql.includes(fault.matches) && kinds.includes(fault.action.kind);
    });
    if (found === undefined) return null;
    found.left -= 1;
    return found.fault.action;
  }
}
