/** What this room needs of a Snowflake session. */
export interface Warehouse {
  /**
   * Runs one statement.
   * @throws ZonerError WAREHOUSE_UNAVAILABLE (outcome unknown, worth a retry), WAREHOUSE_AUTH, TABLE_MISSING,
   * DATA_REFUSED, WAREHOUSE_REFUSED
   */
  execute(sql: string, binds?: readonly string[]): Promise<StatementResult>;
  close(): Promise<void>;
}

export interface StatementResult {
  readonly columns: readonly string[];
  /** Every value as text, null for NULL: nothing is rounded on the way. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Rows that DML inserted, updated or deleted. */
  readonly affected: number;
}
