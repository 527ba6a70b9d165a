/** A column as the warehouse has it. */
export interface ActualColumn {
  readonly name: string;
  /** Spelled as in DDL: `NUMBER(10,0)`. */
  readonly sql: string;
  readonly nullable: boolean;
  readonly comment: string | null;
  /** True if an INSERT may leave it out although it is NOT NULL. */
  readonly hasDefault: boolean;
}

export interface ActualTable {
  readonly columns: readonly ActualColumn[];
  readonly comment: string | null;
  /** `BASE TABLE`, and whatever else Snowflake has: `EXTERNAL TABLE`, `EVENT TABLE` … */
  readonly type: string;
}

export interface ActualView {
  readonly columns: readonly { readonly name: string; readonly comment: string | null }[];
  readonly comment: string | null;
  /** The text that made it; null where the role may not see it. */
  readonly definition: string | null;
}

/** What the warehouse has at a place. */
export interface ActualState {
  readonly database: boolean;
  readonly schema: boolean;
  readonly tables: ReadonlyMap<string, ActualTable>;
  readonly views: ReadonlyMap<string, ActualView>;
}

export const NOTHING: ActualState = { database: false, schema: false, tables: new Map(), views: new Map() };
