/** A column as the warehouse has it. */
export interface ActualColumn {
  readonly name: string;
  /** Spelled as in DDL: `NUMBER(10,0)`. */
  readonly sql: string;
  readonly nullable: boolean;
  readonly comment: string | null;
  /** True if an INSERT may leave it out although it is NOT NULL. */
  readonly hasDefault: boolean;
  /** The masking policy on it, `"DB"."PUBLIC"."NAME"`, whether set on the column or by a tag; null for none. */
  readonly policy: string | null;
  /** What `ZONER_PERSONAL` says of it; null if it is not tagged so. */
  readonly tag: string | null;
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

/** What a schema has to mask values with. */
export interface ActualProtection {
  /** Whether the tag `ZONER_PERSONAL` is there. */
  readonly tag: boolean;
  /** The body of each policy of the tables that were asked about, by the policy's name. */
  readonly policies: ReadonlyMap<string, string>;
}

export const UNPROTECTED: ActualProtection = { tag: false, policies: new Map() };

/** What the warehouse has at a place. */
export interface ActualState {
  readonly database: boolean;
  readonly schema: boolean;
  readonly tables: ReadonlyMap<string, ActualTable>;
  readonly views: ReadonlyMap<string, ActualView>;
  /** Null if nobody has asked: then no column says whether it is masked. */
  readonly protection: ActualProtection | null;
}

export const NOTHING: ActualState = {
  database: false,
  schema: false,
  tables: new Map(),
  views: new Map(),
  protection: null,
};
