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
  | { readonly kind: 'flatten'; readonly input: Expression; readonly alias: string };

export interface Joined {
  /** Null for the first source and for a comma. */
  readonly on: Expression | null;
  readonly left: boolean;
  readonly source: Source;
}

export interface Query {
  readonly distinct: boolean;
  readonly items: readonly { readonly value: Expression; readonly alias: string }[];
  readonly from: readonly Joined[];
  readonly where: Expression | null;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | null;
  readonly qualify: Expression | null;
  readonly orderBy: readonly Order[];
  readonly limit: string | null;
}

export interface ColumnDefinition {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly comment: string | null;
}

export type Statement =
  | { readonly kind: 'session' }
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
      readonly kind: 'merge';
      readonly into: readonly string[];
      readonly alias: string;
      readonly using: { readonly query: Query; readonly alias: string };
      readonly on: Expression;
      readonly columns: readonly string[];
      readonly values: readonly Expression[];
    }
  | { readonly kind: 'query'; readonly query: Query };
