import { isZonerError, ZonerError } from '#core/errors.ts';
import { identityOf, type Row } from '#snowflake/row.ts';

/** What became of rows that were written in parts. */
export interface Written {
  /** Identities that were in the table before, as many as there were. */
  readonly present: ReadonlySet<string>;
  /** By identity: what the warehouse says of the row. */
  readonly refused: ReadonlyMap<string, string>;
}

/** More than this many statements for one flush, and it is not a few rows that are wrong. */
export const MAX_STATEMENTS = 64;

/**
 * Writes rows; if the warehouse refuses a value, halves them until the rows that it refuses stand alone. Each part is an
 * idempotent statement of its own. Only a definite data error halves: after a timeout nothing is known of any row.
 * @throws ZonerError what `write` throws, and WAREHOUSE_REFUSED after {@link MAX_STATEMENTS} statements
 */
export async function writeBisecting(
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<ReadonlySet<string>>,
): Promise<Written> {
  const present = new Set<string>();
  const refused = new Map<string, string>();
  let statements = 0;
  const parts: (readonly Row[])[] = [rows];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (statements === MAX_STATEMENTS) {
      const message = `values of many rows are refused: ${refused.size} rows after ${statements} statements`;
      throw new ZonerError('WAREHOUSE_REFUSED', message, {
        remedy: 'Compare the table with the contract (zoner snowflake plan); nothing was committed.',
      });
    }
    statements += 1;
    try {
      for (const identity of await write(part)) present.add(identity);
    } catch (error) {
      if (!isZonerError(error, 'DATA_REFUSED')) throw error;
      const [only] = part;
      if (part.length === 1 && only !== undefined) refused.set(identityOf(only), error.message);
      else parts.push(part.slice(part.length >> 1), part.slice(0, part.length >> 1));
    }
  }
  return { present, refused };
}
