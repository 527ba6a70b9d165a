import type { Row } from '#snowflake/row.ts';

/** What one statement may hold. */
export interface FlushSize {
  /** A flush holds at most so many rows … */
  readonly maxRows: number;
  /** … and so many characters of JSON (Snowflake takes up to 16 MB of text). */
  readonly maxCharacters: number;
}

/** Cuts one caller's rows into parts that fit a flush. */
export function slices(
  rows: readonly Row[],
  { maxRows, maxCharacters }: FlushSize,
): readonly (readonly Row[])[] {
  const parts: Row[][] = [];
  let characters = 0;
  for (const row of rows) {
    const part = parts.at(-1);
    characters += row.json.length;
    if (part === undefined || part.length >= maxRows || characters > maxCharacters) {
      parts.push([row]);
      characters = row.json.length;
    } else part.push(row);
  }
  return parts;
}
