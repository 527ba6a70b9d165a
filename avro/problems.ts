import type { Position } from '#avro/model.ts';
import { type ErrorCode, ZonerError } from '#core/errors.ts';

/** One thing that is wrong with a file. */
export interface Problem {
  readonly position: Position;
  readonly message: string;
}

/** `user-activity/meal.avsc:12:7: message`, as editors and terminals make it a link. */
export function describeProblem({ position: { file, line, column }, message }: Problem): string {
  return `${file ?? 'schema'}:${line}:${column}: ${message}`;
}

/** One error that lists all problems, in the order of their places. */
export function problemsError(code: ErrorCode, problems: readonly Problem[]): ZonerError {
  const sorted = problems.toSorted(
    (a, b) =>
      compareText(a.position.file ?? '', b.position.file ?? '') ||
      a.position.line - b.position.line ||
      a.position.column - b.position.column,
  );
  // Two contracts may use the one type that is wrong.
  return new ZonerError(code, [...new Set(sorted.map(describeProblem))].join('\n'));
}

/** The same order on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
