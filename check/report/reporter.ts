import type { styleText } from 'node:util';
import type { Verdict, VerdictRow } from '#check/verdict.ts';

export interface ReportOptions {
  /** The schemas folder as the person named it: places in files begin with it. */
  readonly schemas: string;
  /** ISO date. */
  readonly today: string;
  /** Also what needs no attention. */
  readonly all: boolean;
  readonly style: (style: Parameters<typeof styleText>[0], text: string) => string;
}

/** Turns a verdict into text. Pure. */
export type Reporter = (verdict: Verdict, options: ReportOptions) => string;

/** A row and the contract that it belongs to. */
export interface OwnedRow {
  readonly contract: string;
  readonly row: VerdictRow;
}

/** The rows that somebody has to look at: not those that are fine, and not those that were agreed. */
export function openRows({ contracts }: Verdict): readonly OwnedRow[] {
  return contracts.flatMap(({ contract, rows }) =>
    rows
      .filter(({ weight, waiver }) => weight !== 'fine' && waiver === null)
      .map((row) => ({ contract, row })),
  );
}

/** `schemas/user-activity/meal.avsc`. */
export function fileOf({ position }: VerdictRow, schemas: string): string {
  return `${schemas.replace(/\/+$/, '')}/${position.file ?? ''}`;
}

/** A sentence for formats with room for one. */
export function sentenceOf({ rule, at, message, remedy }: VerdictRow): string {
  return `${rule} at ${at}: ${message}. ${remedy}`;
}
