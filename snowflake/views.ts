import type { RecordSchema } from '#avro/model.ts';
import { shortName } from '#avro/names.ts';
import { problemsError } from '#avro/problems.ts';
import type { Contract } from '#contract/contract.ts';
import {
  currentView as currentViewName,
  kindViews,
  METADATA_COLUMNS,
  upperSnake,
} from '#contract/warehouse-names.ts';
import { columnType } from '#snowflake/column-type.ts';
import { literal, type Place, qualified, quoted } from '#snowflake/names.ts';
import { IDENTITY, type Table } from '#snowflake/table.ts';
import { castKeepsValue } from '#snowflake/type-change.ts';

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
  const current = currentView(contract, table);
  const views = [current];
  for (const { name, field, record } of kindViews(table.name, contract.root))
    views.push(kindView(name, upperSnake(field), record, current));
  const twice = views.find((view, index) => views.findIndex(({ name }) => name === view.name) !== index);
  if (twice !== undefined) {
    const message = `two views of ${contract.name} would both be ${twice.name}`;
    throw problemsError('CONTRACT_INVALID', [{ position: contract.root.position, message }]);
  }
  return views;
}

/** The latest row of an id is the one that Kafka stamped last; the rest of the order only breaks ties. */
const LATEST = ['_TIMESTAMP', '_OFFSET', '_PARTITION', '_TOPIC', '_LOADED_AT'].map(
  (name) => `${quoted(name)} DESC`,
);

function currentView(contract: Contract, table: Table): View {
  const id = table.columns.find(({ member }) => contract.id !== null && member === contract.id);
  const identity = IDENTITY.map(quoted);
  let partition = identity;
  if (id !== undefined) {
    // Rows without an id are no copies of each other.
    const each = identity.map((name) => `IFF(${quoted(id.name)} IS NULL, ${name}, NULL)`);
    partition = [quoted(id.name), ...(id.nullable ? each : [])];
  }
  return {
    name: currentViewName(table.name),
    comment: `The latest row of each ${contract.id ?? 'record'} of ${table.name}.`,
    columns: currentColumns(table),
    from: table.name,
    condition: `QUALIFY ROW_NUMBER() OVER (PARTITION BY ${partition.join(', ')} ORDER BY ${LATEST.join(', ')}) = 1`,
  };
}

/** Every column under its field's name; where a type has changed, older values come along if a cast keeps them. */
function currentColumns({ columns }: Table): readonly ViewColumn[] {
  return columns.flatMap((column): readonly ViewColumn[] => {
    const { name, comment } = column;
    const shadow = columns.find((each) => each.member !== null && each.shadowOf === name);
    if (shadow === undefined) {
      const hidden = column.member !== null && column.shadowOf !== null;
      return hidden ? [] : [{ name, expression: quoted(name), comment }];
    }
    const inUse = quoted(shadow.name);
    if (!castKeepsValue(column.sql, shadow.sql)) {
      const old = { name: `${name}_OLD`, expression: quoted(name), comment };
      return [{ name, expression: inUse, comment: shadow.comment }, old];
    }
    return [
      { name, expression: `COALESCE(${inUse}, ${quoted(name)}::${shadow.sql})`, comment: shadow.comment },
    ];
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
      comment: field.doc,
    };
  });
  const others = current.columns.filter((each) => each.name !== column);
  const columns = [
    ...others.filter((each) => !isMetadata(each.name)),
    ...fields,
    ...others.filter((each) => isMetadata(each.name)),
  ].map((each) => (fields.includes(each) ? each : { ...each, expression: quoted(each.name) }));
  const twice = columns.find(
    (each, index) => columns.findIndex((other) => other.name === each.name) !== index,
  );
  if (twice !== undefined) {
    const message = `two columns of the view ${name} would both be ${twice.name}`;
    throw problemsError('CONTRACT_INVALID', [{ position: record.position, message }]);
  }
  const comment = record.doc ?? `${record.name} of ${current.from}.`;
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
