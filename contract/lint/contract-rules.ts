import type { Finding } from '#avro/lint/finding.ts';
import type { Walk } from '#avro/lint/walk.ts';
import type { Position, RecordSchema } from '#avro/model.ts';
import type { Contract } from '#contract/contract.ts';
import { CONTRACT_RULES, type ContractRule } from '#contract/lint/rules.ts';
import type { LoadedContract } from '#contract/load.ts';
import { positionOfSetting } from '#contract/settings.ts';
import { judgeTypeNames, namedUses } from '#contract/type-names.ts';
import { kindViews, METADATA_COLUMNS, upperSnake } from '#contract/warehouse-names.ts';

export function findingOf(
  rule: ContractRule,
  position: Position,
  at: string,
  message: string,
  fix: string,
): Finding {
  return { rule, severity: CONTRACT_RULES[rule].severity, position, at, message, fix };
}

/** What one contract is judged by, besides its schema. */
export function contractFindings(loaded: LoadedContract, { fields }: Walk): readonly Finding[] {
  const { contract } = loaded;
  return [
    ...typeNameFindings(contract),
    ...columnFindings(contract.root, METADATA_COLUMNS),
    ...kindViews(contract.table, contract.root).flatMap(({ record }) => columnFindings(record, [])),
    ...settingFindings(loaded, fields.length),
  ];
}

function typeNameFindings({ root }: Contract): readonly Finding[] {
  return judgeTypeNames(namedUses(root)).problems.map(({ schema, position, message }) =>
    findingOf(
      'type-name-collision',
      position,
      schema.name,
      message,
      'Rename one of them; keep the old name as an alias.',
    ),
  );
}

function columnFindings(record: RecordSchema, reserved: readonly string[]): readonly Finding[] {
  const owners = new Map(reserved.map((name) => [name, 'a metadata column']));
  const found: Finding[] = [];
  for (const { name, position } of record.fields) {
    const column = upperSnake(name);
    const owner = owners.get(column);
    owners.set(column, `the field ${name}`);
    if (owner === undefined) continue;
    const message = `the field ${name} and ${owner} would both be the column ${column}`;
    const fix = 'Rename one of them; case and underscores do not count in a column.';
    found.push(findingOf('column-collision', position, `${record.name}.${name}`, message, fix));
  }
  return found;
}

function settingFindings(loaded: LoadedContract, fieldCount: number): readonly Finding[] {
  const { contract } = loaded;
  const found: Finding[] = [];
  const add = (rule: ContractRule, setting: string, message: string, fix: string): void => {
    found.push(
      findingOf(rule, positionOfSetting(loaded.settings, setting), `contract.${setting}`, message, fix),
    );
  };
  if (contract.table !== contract.table.toUpperCase()) {
    const fix = `Call it ${upperSnake(contract.table)}.`;
    add('table-lower-case', 'table', `the table ${contract.table} has to be quoted in every query`, fix);
  }
  if (contract.compatibility === 'NONE')
    add(
      'compatibility-none',
      'compatibility',
      'any change of the schema is let through',
      'Choose BACKWARD_TRANSITIVE or stricter.',
    );
  if (contract.id === null && fieldCount > 0)
    add(
      'missing-id',
      'id',
      'no field identifies what happened, however often it was sent',
      'Add a UUID field and name it as "id".',
    );
  if (contract.owner === null) add('missing-owner', 'owner', 'no team owns this contract', 'Add "owner".');
  return found;
}
