/** What a generated file is, compared with the one on disk. */
export interface FileChange {
  /** Below `generated/`. */
  readonly path: string;
  readonly state: 'written' | 'unchanged' | 'removed';
  /** What is on disk; null if nothing is. */
  readonly before: string | null;
  /** What belongs there; null if nothing does. */
  readonly after: string | null;
}

/** Compares what was generated with what is there, in order of path. A file that nothing generates is removed. */
export function compare(
  generated: ReadonlyMap<string, string>,
  existing: ReadonlyMap<string, string>,
): readonly FileChange[] {
  const paths = [...new Set([...generated.keys(), ...existing.keys()])].sort();
  return paths.map((path) => {
    const before = existing.get(path) ?? null;
    const after = generated.get(path) ?? null;
    return {
      path,
      state: after === null ? 'removed' : after === before ? 'unchanged' : 'written',
      before,
      after,
    };
  });
}
