import { APP_VERSION } from '#core/version.ts';

/** `wrong` is for a person to put right, and makes the exit code 1; `note` is worth knowing; `unknown` could not be asked. */
export type State = 'fine' | 'note' | 'wrong' | 'unknown';

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly state: State;
  /** How it is, in one line. */
  readonly says: string;
  /** What a person can do about it. */
  readonly remedy: string | null;
  /** More lines, such as the changes that a plan would make. */
  readonly details: readonly string[];
}

export interface Section {
  readonly name: string;
  readonly findings: readonly Finding[];
}

export interface StatusReport {
  readonly zoner: string;
  readonly node: string;
  readonly environment: string;
  /** ISO instant. */
  readonly at: string;
  readonly verdict: 'fine' | 'wrong';
  readonly sections: readonly Section[];
}

/** The report of what was just looked at. */
export function reportOf(environment: string, sections: readonly Section[]): StatusReport {
  return {
    zoner: APP_VERSION,
    node: process.version,
    environment,
    at: new Date().toISOString(),
    verdict: verdictOf(sections),
    sections,
  };
}

/** Nothing is fine that could not be asked. */
export function verdictOf(sections: readonly Section[]): StatusReport['verdict'] {
  const isFine = sections.every(({ findings }) =>
    findings.every(({ state }) => state === 'fine' || state === 'note'),
  );
  return isFine ? 'fine' : 'wrong';
}

export function finding(
  what: string,
  state: State,
  says: string,
  {
    remedy = null,
    details = [],
  }: { readonly remedy?: string | null; readonly details?: readonly string[] } = {},
): Finding {
  return { what, state, says, remedy, details };
}
