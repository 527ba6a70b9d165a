/** How much a change matters where nothing else is against it: on the wire it may be worse. */
export type Weight =
  /** Values would come out wrong, and no reader on the wire would notice. */
  | 'breaking'
  /** Somebody has to act, or should know. */
  | 'warning'
  | 'fine';

interface Rule {
  readonly weight: Weight;
  readonly summary: string;
}

const breaking = (summary: string): Rule => ({ weight: 'breaking', summary });
const warning = (summary: string): Rule => ({ weight: 'warning', summary });
const fine = (summary: string): Rule => ({ weight: 'fine', summary });

/** What a change of a schema can be. The names are stable: waivers use them. */
export const CHANGE_RULES = {
  FIELD_ADDED: fine('A field with a default was added.'),
  FIELD_ADDED_WITHOUT_DEFAULT: warning('A field was added that records written before do not have.'),
  FIELD_REMOVED: warning('A field that has a default was removed.'),
  FIELD_REMOVED_WITHOUT_DEFAULT: warning('A field was removed that readers of older versions need.'),
  FIELD_RENAMED: warning('A field has another name, and the old one as an alias.'),
  FIELD_RENAMED_WITHOUT_ALIAS: warning('A field has another name, and no alias says so.'),
  FIELDS_REORDERED: fine('Fields stand in another order.'),
  ALIAS_HIDES_VALUE: breaking('Readers of older versions see the default instead of the renamed value.'),
  ALIAS_REMOVED: breaking('Records under the old name lose the value: no alias leads to it any more.'),
  ALIAS_REUSED: breaking('A field took the name that is an alias of another field.'),
  DEFAULT_ADDED: fine('A field got a default.'),
  DEFAULT_REMOVED: warning('A field lost its default.'),
  DEFAULT_CHANGED: breaking('The same bytes, or the same code, now mean another value.'),
  TYPE_WIDENED: warning('A type was replaced by one that Avro promotes it to.'),
  TYPE_NARROWED: warning('A type was replaced by one that is promoted to it.'),
  TYPE_CHANGED: warning('A type was replaced by another that Avro does not convert.'),
  STRING_BYTES_SWAPPED: warning('Text and bytes were swapped, which Avro converts both ways.'),
  LOSSY_PROMOTION: warning('A whole number is read as a floating one, which holds fewer digits.'),
  INT_READ_AS_FLOAT: breaking(
    'A union reads a whole number as its first branch that fits, a floating one, and loses digits.',
  ),
  MADE_NULLABLE: warning('A value may now be null.'),
  MADE_REQUIRED: warning('A value may no longer be null.'),
  UNION_BRANCH_ADDED: warning('A union got a branch.'),
  UNION_BRANCH_REMOVED: warning('A union lost a branch.'),
  UNION_REORDERED: fine('The branches of a union stand in another order.'),
  UNION_FORM_CHANGED: warning('The values of a union are written in another form in code.'),
  ENUM_SYMBOL_ADDED: warning('An enum that has a default got a symbol.'),
  ENUM_SYMBOL_ADDED_WITHOUT_DEFAULT: warning(
    'Readers of older versions have no symbol to read the new one as.',
  ),
  ENUM_SYMBOL_REMOVED: warning('A symbol was removed, and is read as the default.'),
  ENUM_SYMBOL_REMOVED_WITHOUT_DEFAULT: warning('A symbol was removed that records may hold.'),
  ENUM_REORDERED: fine('The symbols of an enum stand in another order.'),
  ENUM_DEFAULT_ADDED: fine('An enum got a default symbol.'),
  ENUM_DEFAULT_REMOVED: warning('An enum lost its default symbol.'),
  ENUM_DEFAULT_CHANGED: breaking('Unknown symbols are now read as another one.'),
  FIXED_SIZE_CHANGED: warning('The bytes of a fixed have another number.'),
  TYPE_RENAMED: warning('A named type has another name, and the old one as an alias.'),
  TYPE_RENAMED_WITHOUT_ALIAS: warning('A named type has another name, and no alias says so.'),
  NAMESPACE_CHANGED: warning('A named type moved to another namespace.'),
  DECIMAL_SCALE_CHANGED: breaking('The same bytes are a number ten or more times as large or small.'),
  DECIMAL_PRECISION_WIDENED: fine('A decimal may have more digits.'),
  DECIMAL_PRECISION_NARROWED: warning('A decimal may have fewer digits than records hold.'),
  TIMESTAMP_UNIT_CHANGED: breaking('The same number counts another unit of time.'),
  LOGICAL_TYPE_ADDED: breaking('Plain values are now read as something else.'),
  LOGICAL_TYPE_REMOVED: breaking('Values lose their meaning: they are read as plain ones.'),
  LOGICAL_TYPE_CHANGED: breaking('The same value is read as something else.'),
  UUID_ADDED: warning('Text is now read as a UUID, and nobody checked the old texts.'),
  UUID_REMOVED: fine('A UUID is now plain text.'),
  DOC_CHANGED: fine('Documentation changed.'),
  ATTRIBUTES_CHANGED: fine('An attribute that Avro does not know changed.'),
} as const satisfies Readonly<Record<string, Rule>>;

/** What Java finds against a pair of schemas where no change explains it; and the upkeep of waivers. */
export const OTHER_RULES = {
  NAME_MISMATCH: breaking('A named type cannot be read under its name.'),
  FIXED_SIZE_MISMATCH: breaking('A fixed has another size than the bytes written.'),
  MISSING_ENUM_SYMBOLS: breaking('A written symbol cannot be read.'),
  READER_FIELD_MISSING_DEFAULT_VALUE: breaking('A field is not written and has no default.'),
  TYPE_MISMATCH: breaking('A type cannot be read as another.'),
  MISSING_UNION_BRANCH: breaking('A written type is no branch of the union.'),
  AMBIGUOUS_ALIAS: breaking('A field could be read from several written ones; registries refuse.'),
  WAIVER_EXPIRED: breaking('A waiver has run out.'),
  WAIVER_UNUSED: warning('A waiver has nothing to waive.'),
  WAIVER_UNKNOWN_RULE: breaking('A waiver names a rule that does not exist.'),
} as const satisfies Readonly<Record<string, Rule>>;

export type ChangeRule = keyof typeof CHANGE_RULES;
export type CheckRule = ChangeRule | keyof typeof OTHER_RULES;

export const CHECK_RULES: Readonly<Record<CheckRule, Rule>> = { ...CHANGE_RULES, ...OTHER_RULES };

export function isCheckRule(rule: string): rule is CheckRule {
  return Object.hasOwn(CHECK_RULES, rule);
}

/** False for what Java finds and no change explains: it is as bad as the promise that it breaks. */
export function isChangeRule(rule: CheckRule): rule is ChangeRule {
  return Object.hasOwn(CHANGE_RULES, rule);
}
