import { z } from 'zod';

const ms = z.number().int().min(0).max(600_000);

/** What a fault does to a request that it meets. */
const action = z.discriminatedUnion('kind', [
  /** The statement starts this much later. */
  z.strictObject({ kind: z.literal('slow'), ms }),
  /** Its rows are written and wait this long for their commit: others may start, and see none of them. */
  z.strictObject({ kind: z.literal('hold'), ms }),
  /** It is not run, and refused with this code. */
  z.strictObject({
    kind: z.literal('refuse'),
    code: z.string().regex(/^\d{6}$/),
    sqlState: z.string().regex(/^[0-9A-Z]{5}$/),
    message: z.string(),
  }),
  /** It is run, and the connection ends without an answer. */
  z.strictObject({ kind: z.literal('drop') }),
  /** It runs, and is answered at once with its query id, as one that takes longer than 45 seconds is. */
  z.strictObject({ kind: z.literal('detach') }),
  /** The same, and its session is over: what comes in it from then on is refused with this code. */
  z.strictObject({ kind: z.literal('end-session'), code: z.string().regex(/^390\d{3}$/) }),
  /** It is not run; HTTP 503. */
  z.strictObject({ kind: z.literal('unavailable') }),
]);

export type FaultAction = z.infer<typeof action>;

export const faultSchema = z.strictObject({
  /** Statements whose text holds this. */
  matches: z.string().min(1),
  action,
  /** How many statements it meets before it is used up. */
  times: z.number().int().min(1),
});

export type Fault = Readonly<z.infer<typeof faultSchema>>;

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
