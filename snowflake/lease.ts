import { ZonerError } from '#core/errors.ts';
import { type Place, qualified } from '#snowflake/names.ts';
import type { Warehouse } from '#snowflake/warehouse.ts';

export const LEASE_TABLE = 'ZONER_LEASE';

export interface LeaseOptions {
  /** How long it lasts after the last sign of life; a killed run stands in the way no longer. */
  readonly leaseMs: number;
  /** How long to wait for another run to end. */
  readonly waitMs: number;
  pause(ms: number): Promise<void>;
  onWait(holder: string): void;
}

/**
 * Lets one apply work at a time. Snowflake enforces no key, but one UPDATE of a table waits for another, so of two runs
 * that reach for the lease one changes a row and one changes none. Times are the warehouse's own.
 * @returns what ends the lease
 * @throws ZonerError APPLY_BUSY when the other run did not end in time
 */
export async function takeLease(
  warehouse: Warehouse,
  place: Place,
  holder: string,
  { leaseMs, waitMs, pause, onWait }: LeaseOptions,
): Promise<() => Promise<void>> {
  const table = qualified(place, LEASE_TABLE);
  await warehouse.execute(
    `CREATE TABLE IF NOT EXISTS ${table} ("NAME" VARCHAR NOT NULL, "HOLDER" VARCHAR, "UNTIL" TIMESTAMP_TZ(3)) COMMENT = 'Which zoner snowflake apply is at work.'`,
  );
  await warehouse.execute(
    `MERGE INTO ${table} AS t USING (SELECT 'apply' AS NAME) AS s ON t."NAME" = s.NAME WHEN NOT MATCHED THEN INSERT ("NAME") VALUES (s.NAME)`,
  );
  const until = `DATEADD(millisecond, ${leaseMs}, CURRENT_TIMESTAMP())`;
  const take = `UPDATE ${table} SET "HOLDER" = ?, "UNTIL" = ${until} WHERE "HOLDER" IS NULL OR "HOLDER" = ? OR "UNTIL" < CURRENT_TIMESTAMP()`;
  const step = Math.min(500, Math.max(20, leaseMs / 4));
  for (let waited = 0; (await warehouse.execute(take, [holder, holder])).affected === 0; waited += step) {
    const [[other] = []] = (await warehouse.execute(`SELECT "HOLDER" FROM ${table}`)).rows;
    if (waited >= waitMs)
      throw new ZonerError('APPLY_BUSY', `another apply is at work: ${other ?? 'just ended'}`);
    if (waited === 0) onWait(other ?? '');
    await pause(step);
  }
  const timer = setInterval(() => {
    warehouse.execute(take, [holder, holder]).catch(() => {});
  }, leaseMs / 3);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await warehouse.execute(`UPDATE ${table} SET "HOLDER" = NULL, "UNTIL" = NULL WHERE "HOLDER" = ?`, [
      holder,
    ]);
  };
}
