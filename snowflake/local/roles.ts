import { roleName } from '#snowflake/local/access.ts';
import type { StatementOf } from '#snowflake/local/ast.ts';
import {
  type Catalog,
  type CatalogEntry,
  type CatalogRole,
  fullName,
  keyOf,
  type Privilege,
} from '#snowflake/local/catalog.ts';
import { missingObject } from '#snowflake/local/sql-error.ts';

export function newRole(name: string): CatalogRole {
  return { kind: 'role', name: roleName(name), grants: [] };
}

/**
 * The role with what it is granted besides. There are no warehouses here, so the use of any may be granted.
 * @throws SqlError if there is no such role or object
 */
export function grantedRole({ privileges, on, role }: StatementOf<'grant'>, catalog: Catalog): CatalogRole {
  const found = catalog.get(keyOf(roleName(role)));
  if (found?.kind !== 'role') throw missingObject('Role', role);
  const length = { WAREHOUSE: 1, DATABASE: 1, SCHEMA: 2, TABLE: 3, VIEW: 3 }[on.what];
  const name = fullName(on.name, length);
  if (on.what === 'WAREHOUSE') return found;
  if (catalog.get(keyOf(name))?.kind.toUpperCase() !== on.what)
    throw missingObject(on.what.charAt(0) + on.what.slice(1).toLowerCase(), name.join('.'));
  const isThere = ({ privilege, on: where }: Privilege): boolean =>
    privileges.includes(privilege) && keyOf(where) === keyOf(name);
  const others = found.grants.filter((each) => !isThere(each));
  return { ...found, grants: [...others, ...privileges.map((privilege) => ({ privilege, on: name }))] };
}

/** The roles that lose a privilege when these objects are dropped or replaced. */
export function rolesWithout(
  catalog: Catalog,
  names: readonly (readonly string[])[],
): readonly CatalogRole[] {
  const gone = new Set(names.map(keyOf));
  return [...catalog.values()].flatMap((each) => {
    if (each.kind !== 'role' || !each.grants.some(({ on }) => gone.has(keyOf(on)))) return [];
    return [{ ...each, grants: each.grants.filter(({ on }) => !gone.has(keyOf(on))) }];
  });
}

/** Whoever makes something in a schema owns it. */
export function ownedBy(role: string | null, entry: CatalogEntry): CatalogEntry {
  const isOwned =
    entry.kind === 'table' || entry.kind === 'view' || entry.kind === 'tag' || entry.kind === 'policy';
  return role !== null && isOwned ? { ...entry, owner: role } : entry;
}
