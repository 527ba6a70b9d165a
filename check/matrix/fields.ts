import { E, f, N, R, type Row, to } from '#check/matrix/row.ts';

/** Changes of records and their fields. */
export const FIELD_CHANGES: Readonly<Record<string, Row>> = {
  'add a field with a default': {
    of: [R(), R(f('int', { default: 0 }))],
    rules: ['FIELD_ADDED'],
    wire: 'Y Y',
    ts: 'wider wider neither',
  },
  'add a field without a default': {
    of: [R(), R(f('int'))],
    rules: ['FIELD_ADDED_WITHOUT_DEFAULT'],
    wire: 'n Y',
    ts: 'wider narrower writing',
  },
  'add a nullable field without a default': {
    of: [R(), R(f(['null', 'int']))],
    rules: ['FIELD_ADDED_WITHOUT_DEFAULT'],
    wire: 'n Y',
    ts: 'wider narrower writing',
  },
  'remove a field that had a default': {
    of: [R(f('int', { default: 0 })), R()],
    rules: ['FIELD_REMOVED'],
    wire: 'Y Y',
    ts: 'narrower narrower both',
  },
  'remove a field without a default': {
    of: [R(f('int')), R()],
    rules: ['FIELD_REMOVED_WITHOUT_DEFAULT'],
    wire: 'Y n',
    ts: 'narrower narrower both',
  },
  'rename without an alias': {
    of: [R(f('int')), R(f('int', {}, 'b'))],
    rules: ['FIELD_RENAMED_WITHOUT_ALIAS'],
    wire: 'n n',
    ts: 'renamed renamed both',
  },
  'rename with an alias': {
    of: [R(f('int')), R(f('int', { aliases: ['a'] }, 'b'))],
    rules: ['FIELD_RENAMED'],
    wire: 'Y n',
    ts: 'renamed renamed both',
  },
  'rename with an alias, both with a default': {
    of: [R(f('int', { default: 0 })), R(f('int', { default: 0, aliases: ['a'] }, 'b'))],
    rules: ['FIELD_RENAMED', 'ALIAS_HIDES_VALUE'],
    wire: 'Y Y',
    ts: 'renamed renamed both',
  },
  'reorder fields': {
    of: [R(f('int'), f('int', {}, 'b')), R(f('int', {}, 'b'), f('int'))],
    rules: ['FIELDS_REORDERED'],
    wire: 'Y Y',
    ts: 'same same neither',
  },
  'reorder enum symbols': {
    of: to(E(['A', 'B']), E(['B', 'A'])),
    rules: ['ENUM_REORDERED'],
    wire: 'Y Y',
    ts: 'same same neither',
  },
  'another doc': {
    of: [R(f('int', { doc: 'x' })), R(f('int', { doc: 'y' }))],
    rules: ['DOC_CHANGED'],
    wire: 'Y Y',
    ts: 'same same neither',
  },
  'another property': {
    of: [R(f('int', { pii: true })), R(f('int', { pii: false }))],
    rules: ['ATTRIBUTES_CHANGED'],
    wire: 'Y Y',
    ts: 'same same neither',
  },
  'nested: add a field with a default': {
    of: to(N(f('int')), N(f('int'), f('int', { default: 0 }, 'b'))),
    rules: ['FIELD_ADDED'],
    wire: 'Y Y',
    ts: 'wider wider neither',
  },
  'add a default': {
    of: [R(f('int')), R(f('int', { default: 0 }))],
    rules: ['DEFAULT_ADDED'],
    wire: 'Y Y',
    ts: 'same wider neither',
  },
  'remove a default': {
    of: [R(f('int', { default: 0 })), R(f('int'))],
    rules: ['DEFAULT_REMOVED'],
    wire: 'Y Y',
    ts: 'same narrower writing',
  },
  'another default': {
    of: [R(f('int', { default: 0 })), R(f('int', { default: 1 }))],
    rules: ['DEFAULT_CHANGED'],
    wire: 'Y Y',
    ts: 'same same neither',
  },
};
