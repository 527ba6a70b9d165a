/** Schemas in few words, for the matrix of changes: all have a record `n.R` with the field `user` as root. */

export type Json = string | Readonly<Record<string, unknown>> | readonly Json[];
export const R = (...fields: readonly object[]) => ({
  type: 'record',
  name: 'R',
  namespace: 'n',
  fields: [k, ...fields],
});
export const k = { name: 'user', type: 'string' };
export const f = (type: Json, rest: object = {}, name = 'a') => ({ name, type, ...rest });
export const E = (symbols: readonly string[], rest: object = {}) => ({
  type: 'enum',
  name: 'E',
  symbols,
  ...rest,
});
export const N = (...fields: readonly object[]) => ({ type: 'record', name: 'N', fields });
export const logical = (type: string, logicalType: string, rest: object = {}) => ({
  type,
  logicalType,
  ...rest,
});
export const decimal = (precision: number, scale: number) =>
  logical('bytes', 'decimal', { precision, scale });
export const to = (old: Json, now: Json) => [R(f(old)), R(f(now))] as const;

/** What a row of the matrix says: backward, forward, read and write type, and whose code breaks. */
export interface Row {
  readonly of: readonly [old: object, now: object];
  /** All rules that are found. */
  readonly rules: readonly string[];
  readonly wire: 'Y Y' | 'Y n' | 'n Y' | 'n n';
  /** `read write breaks` of the first rule. */
  readonly ts: string;
}
