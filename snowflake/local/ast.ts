import type { SqlType } from '#snowflake/local/sql-type.ts';

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | null | boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'bind'; readonly index: number }
  | { readonly kind: 'name'; readonly parts: readonly string[] }
  | { readonly kind: 'star'; readonly of: string | null }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly distinct: boolean;
      readonly args: readonly Expression[];
      readonly over: Window | null;
    }
  | { readonly kind: 'path'; readonly of: Expression; readonly steps: readonly (string | number)[] }
  | { readonly kind: 'cast'; readonly of: Expression; readonly type: SqlType }
  | { readonly kind: 'unary'; readonly operator: '-' | 'NOT'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'is-null'; readonly of: Expression; readonly not: boolean }
  | { readonly kind: 'between'; readonly of: Expression; readonly low: Expression; readonly high: Expression }
  | {
      readonly kind: 'in';
      readonly of: Expression;
      readonly list: readonly Expression[];
      readonly not: boolean;
    }
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
      readonly otherwise: Expression | null;
    };

export interface Window {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly Order[];
}

export interface Order {
  readonly by: Expression;
  readonly descending: boolean;
}

export type Source =
  | { readonly kind: 'table'; readonly name: readonly string[]; readonly alias: string }
  | { readonly kind: 'query'; readonly query: Query; readonly alias: string }
  | { readonly kind: 'flatten'; readonly input: Expression; readonly outer: boolean; readonly alias: string }
  | {
      readonly kind: 'function';
      readonly name: readonly string[];
      /** Texts, by the argument's name or its place. */
      readonly arguments: ReadonlyMap<string, string>;
      readonly alias: string;
    };

export interface Joined {
  /** Null for the first source and for a comma. */
  readonly on: Expression | null;
  readonly left: boolean;
  readonly source: Source;
}

export interface Select {
  readonly distinct: boolean;
  readonly items: readonly { readonly value: Expression; readonly alias: string }[];
  readonly from: readonly Joined[];
  readonly where: Expression | null;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | null;
  readonly qualify: Expression | null;
}

export interface Query {
  readonly with: readonly { readonly name: string; readonly query: Query }[];
  /** One, or several with UNION ALL between them. */
  readonly selects: readonly Select[];
  readonly orderBy: readonly Order[];
  readonly limit: string | null;
  readonly offset: string | null;
}

export interface ColumnDefinition {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly comment: string | null;
}

export type Alteration =
  | { readonly kind: 'add'; readonly columns: readonly ColumnDefinition[]; readonly ifNotExists: boolean }
  | { readonly kind: 'drop'; readonly columns: readonly string[]; readonly ifExists: boolean }
  | { readonly kind: 'rename-column'; readonly from: string; readonly to: string }
  | { readonly kind: 'set-type'; readonly column: string; readonly type: SqlType }
  | { readonly kind: 'set-not-null' | 'drop-not-null'; readonly column: string }
  | { readonly kind: 'comment'; readonly column: string; readonly comment: string | null }
  | {
      readonly kind: 'set-policy';
      readonly column: string;
      readonly policy: readonly string[];
      readonly force: boolean;
    }
  | { readonly kind: 'unset-policy'; readonly column: string }
  | {
      readonly kind: 'set-tag';
      readonly column: string;
      readonly tag: readonly string[];
      readonly value: string;
    }
  | { readonly kind: 'unset-tag'; readonly column: string; readonly tag: readonly string[] };

export interface Assignment {
  readonly column: string;
  readonly value: Expression;
}

export type MergeClause =
  | { readonly kind: 'update'; readonly when: Expression | null; readonly set: readonly Assignment[] }
  | { readonly kind: 'delete'; readonly when: Expression | null }
  | {
      readonly kind: 'insert';
      readonly when: Expression | null;
      readonly columns: readonly string[];
      readonly values: readonly Expression[];
    };

export type Grantable = 'WAREHOUSE' | 'DATABASE' | 'SCHEMA' | 'TABLE' | 'VIEW';

export type Statement =
  | { readonly kind: 'set-session'; readonly parameters: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: 'begin' | 'commit' | 'rollback' }
  | { readonly kind: 'create-role'; readonly name: string; readonly ifNotExists: boolean }
  | {
      readonly kind: 'grant';
      readonly privileges: readonly string[];
      readonly on: { readonly what: Grantable; readonly name: readonly string[] };
      readonly role: string;
    }
  | { readonly kind: 'create-database'; readonly name: string; readonly ifNotExists: boolean }
  | { readonly kind: 'create-schema'; readonly name: readonly string[]; readonly ifNotExists: boolean }
  | {
      readonly kind: 'create-table';
      readonly name: readonly string[];
      readonly ifNotExists: boolean;
      readonly columns: readonly ColumnDefinition[];
      readonly comment: string | null;
    }
  | {
      readonly kind: 'create-view';
      readonly name: readonly string[];
      readonly orReplace: boolean;
      readonly copyGrants: boolean;
      /** Null where the statement names none: then they are those of the query. */
      readonly columns: readonly { readonly name: string; readonly comment: string | null }[] | null;
      readonly comment: string | null;
      readonly query: Query;
      /** The whole statement as it was written. */
      readonly text: string;
    }
  | {
      readonly kind: 'drop';
      readonly what: 'TABLE' | 'VIEW' | 'SCHEMA' | 'DATABASE' | 'MASKING POLICY';
      readonly name: readonly string[];
      readonly ifExists: boolean;
    }
  | {
      readonly kind: 'create-tag';
      readonly name: readonly string[];
      readonly ifNotExists: boolean;
      /** Null where every value is. */
      readonly allowed: readonly string[] | null;
      readonly comment: string | null;
    }
  | {
      readonly kind: 'create-policy';
      readonly name: readonly string[];
      readonly ifNotExists: boolean;
      readonly argument: string;
      readonly type: SqlType;
      readonly returns: SqlType;
      /** The expression as it was written. */
      readonly body: string;
      readonly comment: string | null;
    }
  | { readonly kind: 'alter-policy'; readonly name: readonly string[]; readonly body: string }
  | {
      readonly kind: 'show';
      readonly what: 'tag' | 'policy';
      readonly like: string | null;
      readonly schema: readonly string[];
    }
  | { readonly kind: 'describe-policy'; readonly name: readonly string[] }
  | {
      readonly kind: 'alter-table';
      readonly name: readonly string[];
      readonly changes: readonly Alteration[];
    }
  | { readonly kind: 'comment-on-table'; readonly name: readonly string[]; readonly comment: string }
  | {
      readonly kind: 'insert';
      readonly into: readonly string[];
      readonly columns: readonly string[] | null;
      readonly source: Query | readonly (readonly Expression[])[];
    }
  | {
      readonly kind: 'update';
      readonly table: readonly string[];
      readonly alias: string;
      readonly set: readonly Assignment[];
      readonly where: Expression | null;
    }
  | {
      readonly kind: 'delete';
      readonly table: readonly string[];
      readonly alias: string;
      readonly where: Expression | null;
    }
  | {
      readonly kind: 'merge';
      readonly into: readonly string[];
      readonly alias: string;
      readonly using: { readonly query: Query; readonly alias: string };
      readonly on: Expression;
      readonly clauses: readonly MergeClause[];
    }
  | { readonly kind: 'query'; readonly query: Query };

export type StatementOf<K extends Statement['kind']> = Extract<Statement, { kind: K }>;
