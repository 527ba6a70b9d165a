import type { CheckRule } from '#check/rules.ts';

/** What readers of older versions in JavaScript do with records of the new schema. */
export type Reading =
  | 'reads'
  /** Without an error, and it is not what was written. */
  | 'reads another value'
  | 'refuses records that hold the new value'
  | 'refuses every record';

export interface JavaScriptVerdict {
  /** avsc decides for the whole schema, before the first record. */
  readonly avsc: Reading;
  /** Zoner's codec decides value by value, as Java's does. */
  readonly zoner: Reading;
}

/** avsc goes by full names, and so does whoever uses it without options (mtth/avsc#361). */
const NAMES: ReadonlySet<CheckRule> = new Set([
  'NAMESPACE_CHANGED',
  'TYPE_RENAMED',
  'TYPE_RENAMED_WITHOUT_ALIAS',
]);

/** Both would have to look at logical types, and only Zoner does. */
const MEANINGS: ReadonlySet<CheckRule> = new Set([
  'DECIMAL_SCALE_CHANGED',
  'TIMESTAMP_UNIT_CHANGED',
  'LOGICAL_TYPE_ADDED',
  'LOGICAL_TYPE_REMOVED',
  'LOGICAL_TYPE_CHANGED',
]);

const PARTS: ReadonlySet<CheckRule> = new Set(['MADE_NULLABLE', 'UNION_BRANCH_ADDED']);

/**
 * @param found the types of Java's incompatibilities of this change, the older schema being the reader
 * @param ofRecord true if the change is one of a record, which Zoner and Java read by its fields, whatever its name
 */
export function javascriptVerdict(
  rule: CheckRule,
  found: readonly string[],
  ofRecord: boolean,
): JavaScriptVerdict {
  if (MEANINGS.has(rule)) return { avsc: 'reads another value', zoner: 'refuses every record' };
  if (rule === 'ALIAS_HIDES_VALUE') return { avsc: 'reads another value', zoner: 'reads another value' };
  if (found.length === 0) return { avsc: NAMES.has(rule) ? 'refuses every record' : 'reads', zoner: 'reads' };
  if (ofRecord && found.every((type) => type === 'NAME_MISMATCH'))
    return { avsc: 'refuses every record', zoner: 'reads' };
  const some = found.every(
    (type) =>
      type === 'MISSING_ENUM_SYMBOLS' ||
      type === 'MISSING_UNION_BRANCH' ||
      (type === 'TYPE_MISMATCH' && PARTS.has(rule)),
  );
  return {
    avsc: 'refuses every record',
    zoner: some ? 'refuses records that hold the new value' : 'refuses every record',
  };
}
