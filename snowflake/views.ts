import type { RecordSchema } from '#avro/model.ts';
import { shortName } from '#avro/names.ts';
import { problemsError } from '#avro/problems.ts';
import type { Contract } from '#contract/contract.ts';
import {
  currentView as currentViewName,
  kindViewName,
  METADATA_COLUMNS,
  upperSnake,
} from '#contract/warehouse-names.ts';
import { columnType } from '#snowflake/column-type.ts';
import { literal, type Place, qualified, quoted } from '#snowflake/names.ts';
import { IDENTITY, type Table } from '#snowflake/table.ts';
import { castKeepsValue, typeSuffix } from '#snowflake/type-change.ts';

/** A view over a contract's table. */
export interface View {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly ViewColumn[];
  /** The view or table that it reads, by its name in the same schema. */
  readonly from: string;
  /** WHERE or QUALIFY, over the columns of `from`. */
  readonly condition: string;
}

export interface ViewColumn {
  readonly name: string;
  /** Over the columns of `from`. */
  readonly expression: string;
  readonly comment: string | null;
}

/**
 * The views of a contract's table: `<TABLE>_CURRENT` with the latest row of each id, and over it, for each record of a
 * union, one with that record's fields as columns: `USER_ACTIVITY_SLEEP_SESSION`.
 * @throws ZonerError CONTRACT_INVALID where two views, or two columns of one, would share a name
 */
export function viewsOf(contract: Contract, table: Table): readonly View[] {
  const shown = shownColumns(table);
  const current = currentView(contract, table, shown);
  const views = [current];
  for (const { name: column, kinds } of shown) {
    for (const [kind, record] of kinds) {
      const taken = new Set([table.name, ...views.map((view) => view.name)]);
      const name = kindViewName(table.name, column, kind, taken);
      views.push(kindView(name, column, record, current));
    }
  }
  refuseTwice(
    views.map(({ name }) => name),
    `views of ${contract.name}`,
    contract.root,
  );
  return views;
}

function refuseTwice(names: readonly string[], what: string, { position }: RecordSchema): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw problemsError('CONTRACT_INVALID', [{ position, message: `two ${what} would both be ${twice}` }]);
}

/** The latest row of an id is the one that Kafka stamped last; the rest of the order only breaks ties. */
const LATEST = ['_TIMESTAMP', '_OFFSET', '_PARTITION', '_TOPIC', '_LOADED_AT'].map(
  (name) => `${quoted(name)} DESC`,
);

function currentView(contract: Contract, table: Table, columns: readonly ViewColumn[]): View {
  const id = table.columns.find(({ member }) => contract.id !== null && member === contract.id);
  const identity = IDENTITY.map(quoted);
  let partition = identity;
  if (id !== undefined) {
    // Rows without an id are no copies of each other.
    const each = identity.map((name) => `IFF(${quoted(id.name)} IS NULL, ${name}, NULL)`);
    partition = [quoted(id.name), ...(id.nullable ? each : [])];
  }
  const name = currentViewName(table.name);
  refuseTwice(
    columns.map((each) => each.name),
    `columns of the view ${name}`,
    contract.root,
  );
  return {
    name,
    comment: `The latest row of each ${contract.id ?? 'record'} of ${table.name}.`,
    columns,
    from: table.name,
    condition: `QUALIFY ROW_NUMBER() OVER (PARTITION BY ${partition.join(', ')} ORDER BY ${LATEST.join(', ')}) = 1`,
  };
}

interface ShownColumn extends ViewColumn {
  readonly kinds: ReadonlyMap<string, RecordSchema>;
}

/** Every column; one whose type has changed shows the new one under the field's name, and the old values with it. */
function shownColumns({ columns }: Table): readonly ShownColumn[] {
  return columns.flatMap((column): readonly ShownColumn[] => {
    const field = column.shadowOf ?? column.name;
    const group = columns.filter(({ name, shadowOf }) => (shadowOf ?? name) === field);
    const inUse = group.find(({ member }) => member !== null);
    const { name, comment, kinds, sql } = column;
    if (group.length === 1 || inUse === undefined)
      return [{ name, expression: quoted(name), comment, kinds }];
    if (column === inUse) {
      const older = group
        .filter((each) => each !== inUse && castKeepsValue(each.sql, sql))
        .map((each) => `${quoted(each.name)}::${sql}`);
      const expression =
        older.length === 0 ? quoted(name) : `COALESCE(${[quoted(name), ...older].join(', ')})`;
      return [{ name: field, expression, comment, kinds }];
    }
    if (castKeepsValue(sql, inUse.sql)) return [];
    const shown = name === field ? `${name}_${typeSuffix(sql)}` : name;
    return [{ name: shown, expression: quoted(name), comment, kinds }];
  });
}

function isMetadata(name: string): boolean {
  return METADATA_COLUMNS.some((each) => each === name);
}

function kindView(name: string, column: string, record: RecordSchema, current: View): View {
  const taken = new Set(current.columns.map((each) => each.name));
  const kind = `${quoted(column)}:"kind"::VARCHAR`;
  const kinds = [record.name, ...record.aliases.map(shortName)].map(literal);
  const fields = record.fields.map((field): ViewColumn => {
    const short = upperSnake(field.name);
    // Rows written under an earlier name of the field hold it under that name.
    const values = [field.name, ...field.aliases].map((member) => {
      return columnType(field.schema).fromJson(`${quoted(column)}:${quoted(member)}`);
    });
    return {
      name: taken.has(short) ? `${column}_${short}` : short,
      expression: values.length === 1 ? (values[0] ?? '') : `COALESCE(${values.join(', ')})`,
      comment: field.doc || null,
    };
  });
  const others = current.columns.filter((each) => each.name !== column);
  const columns = [
    ...others.filter((each) => !isMetadata(each.name)),
    ...fields,
    ...others.filter((each) => isMetadata(each.name)),
  ].map((each) => (fields.includes(each) ? each : { ...each, expression: quoted(each.name) }));
  refuseTwice(
    columns.map((each) => each.name),
    `columns of the view ${name}`,
    record,
  );
  const comment = record.doc || `${record.name} of ${current.from}.`;
  const condition =
    kinds.length === 1 ? `WHERE ${kind} = ${kinds[0]}` : `WHERE ${kind} IN (${kinds.join(', ')})`;
  return { name, comment, columns, from: current.name, condition };
}

/** The SELECT behind a view. */
export function viewBody(view: View, place: Place | null): string {
  const items = view.columns.map(({ name, expression }) => {
    return expression === quoted(name) ? `  ${expression}` : `  ${expression} AS ${quoted(name)}`;
  });
  const from = place === null ? quoted(view.from) : qualified(place, view.from);
  return `SELECT\n${items.join(',\n')}\nFROM ${from}\n${view.condition}`;
}

/** CREATE VIEW, without a semicolon. COPY GRANTS keeps what others were allowed on the view that it replaces. */
export function createView(view: View, place: Place | null): string {
  const name = place === null ? quoted(view.name) : qualified(place, view.name);
  const columns = view.columns.map((each) => {
    return `  ${quoted(each.name)}${each.comment === null ? '' : ` COMMENT ${literal(each.comment)}`}`;
  });
  return `CREATE OR REPLACE VIEW ${name} (\n${columns.join(',\n')}\n)\nCOPY GRANTS\nCOMMENT = ${literal(view.comment)}\nAS\n${viewBody(view, place)}`;
}
