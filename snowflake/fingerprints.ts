import { createHash } from 'node:crypto';
import type { ActualState, ActualTable, ActualView } from '#snowflake/live-state.ts';

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** A table's columns, types, nullability, comments and masks, whatever their order. */
export function tableFingerprint({ columns, comment, type }: ActualTable): string {
  const sorted = [...columns].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sha256([
    type,
    comment,
    sorted.map((each) => [
      each.name,
      each.sql,
      each.nullable,
      each.comment,
      ...(each.policy === null && each.tag === null ? [] : [each.policy, each.tag]),
    ]),
  ]);
}

/** A view by what it reads and shows; the words before its SELECT are the warehouse's own. */
export function viewFingerprint({ columns, comment, definition }: ActualView): string {
  const body = definition === null ? null : definition.replace(/^[\s\S]*?\bAS\s+(?=SELECT\b)/i, '');
  const text = body?.replace(/\s+/g, ' ').replace(/[;\s]+$/, '') ?? null;
  return sha256([comment, columns.map(({ name, comment: about }) => [name, about]), text]);
}

/** The state of these tables and views, as one hash: plans are made against it. */
export function stateFingerprint(state: ActualState, objects: readonly string[]): string {
  const parts = [...objects].sort().map((name) => {
    const table = state.tables.get(name);
    const view = state.views.get(name);
    return [
      name,
      table === undefined ? null : tableFingerprint(table),
      view === undefined ? null : viewFingerprint(view),
    ];
  });
  const { protection } = state;
  const masks =
    protection === null ? [] : [[protection.tag, [...protection.policies].map(policyText).sort()]];
  return sha256([state.database, state.schema, parts, ...masks]);
}

/** Spaces count for nothing: whether Snowflake keeps those of a body is not written anywhere. */
export function policyText([name, body]: readonly [name: string, body: string]): string {
  return `${name} ${body.replace(/\s+/g, ' ').trim()}`;
}

/** The hash of a plan's statements. */
export function planFingerprint(place: object, live: string, statements: readonly string[]): string {
  return sha256([place, live, statements]);
}
