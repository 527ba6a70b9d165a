/** Two contracts in three generations each, for tests of what an apply leaves behind. */
export const field = (name: string, type: string, more = ''): string =>
  `{"name":"${name}","type":${type}${more}}`;
/** The text of a record schema. */
export const recordOf = (name: string, fields: readonly string[]): string =>
  `{"type":"record","name":"${name}","fields":[${fields.join(',')}]}`;

export const USER = field('user', '"string"');
const kind = (name: string, ...fields: readonly string[]): string => recordOf(name, fields);
/** The fields of each generation: one is widened, removed, added, renamed, changes its type; a union gains and loses a kind. */
export const NAPS: readonly (readonly string[])[] = [
  [
    USER,
    field('minutes', '"int"'),
    field('place', '"string"'),
    field('what', `[${kind('Nap', field('deep', '"boolean"'))},${kind('Walk', field('km', '"int"'))}]`),
  ],
  [
    USER,
    field('minutes', '"long"'),
    field('mood', '"string"', ',"default":"fine"'),
    field(
      'what',
      `[${kind('Nap', field('deep', '"boolean"'))},${kind('Walk', field('km', '"int"'))},${kind('Swim', field('km', '"int"'))}]`,
    ),
  ],
  [
    USER,
    field('duration', '"double"', ',"aliases":["minutes"]'),
    field('feeling', '["null","string"]', ',"aliases":["mood"],"default":null'),
    field('what', `[${kind('Nap', field('deep', '"boolean"'))},${kind('Swim', field('km', '"int"'))}]`),
  ],
];
/** A text is widened and renamed, a time gets finer units, a required field comes late. */
export const TRIPS: readonly (readonly string[])[] = [
  [USER, field('from', '{"type":"string","logicalType":"uuid"}')],
  [
    USER,
    field('from', '"string"', ',"doc":"Where it began."'),
    field('at', '["null",{"type":"long","logicalType":"timestamp-millis"}]', ',"default":null'),
  ],
  [
    USER,
    field('origin', '"string"', ',"aliases":["from"]'),
    field('at', '["null",{"type":"long","logicalType":"timestamp-micros"}]', ',"default":null'),
    field('seats', '"int"', ',"default":1'),
  ],
];
