import { isZonerError } from '#core/errors.ts';

/** Why a section has nothing new to show. */
export interface Trouble {
  readonly message: string;
  readonly remedy: string | null;
}

/** A part of the page as it is known now. What it is read from may be down: then the last value stays, with its age. */
export interface Look<Value> {
  /** Null until it was read for the first time. */
  readonly value: Value | null;
  /** When that was read, in milliseconds since 1970. */
  readonly at: number | null;
  readonly trouble: Trouble | null;
}

export interface Section<Value> {
  /** What is known, at once. Begins to read anew in the background where that is older than it may be. */
  look(): Look<Value>;
  /** Resolves when nothing is being read. */
  settled(): Promise<void>;
}

export interface SectionDeps {
  /** Milliseconds since 1970. */
  now(): number;
  /** Told after each reading. */
  onRead(): void;
  /** Told of what is no expected failure. */
  onDefect(error: unknown): void;
}

/** What failed is tried again after this, or later where the section itself is read less often. */
const RETRY_MS = 5000;

/**
 * A section that is read only while somebody looks at it, at most once in `everyMs`, and never twice at a time: however
 * many people look, and whatever that costs.
 */
export function createSection<Value>(
  everyMs: number,
  read: (before: Value | null) => Promise<Value>,
  { now, onRead, onDefect }: SectionDeps,
): Section<Value> {
  let known: Look<Value> = { value: null, at: null, trouble: null };
  let due = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  const readOnce = async (): Promise<void> => {
    try {
      const value = await read(known.value);
      known = { value, at: now(), trouble: null };
      due = now() + everyMs;
    } catch (error) {
      if (!isZonerError(error)) onDefect(error);
      known = { ...known, trouble: troubleOf(error) };
      due = now() + Math.min(everyMs, RETRY_MS);
    }
    reading = null;
    onRead();
  };
  return {
    look() {
      if (reading === null && now() >= due) reading = readOnce();
      return known;
    },
    settled: async () => {
      await reading;
    },
  };
}

/** An expected failure with its remedy; of a defect only that it is one, for its text may quote values. */
export function troubleOf(error: unknown): Trouble {
  if (isZonerError(error)) return { message: error.message, remedy: error.remedy };
  return { message: 'This is a defect; the log of the console has its place.', remedy: null };
}
