import type { StatementOf } from '#snowflake/local/ast.ts';
import {
  type Catalog,
  type CatalogPolicy,
  type CatalogTag,
  findPolicy,
  threeParts,
} from '#snowflake/local/catalog.ts';
import { requireBody } from '#snowflake/local/masking.ts';
import { compilationError } from '#snowflake/local/sql-error.ts';
import type { CatalogChange } from '#snowflake/local/store.ts';

/** What a statement on tags and policies does to the catalog, and what it says. */
export interface PolicyChange extends CatalogChange {
  readonly message: string;
}

export function createTag({ name, allowed, comment }: StatementOf<'create-tag'>): PolicyChange {
  const tag: CatalogTag = { kind: 'tag', name: threeParts(name), allowed, comment };
  return { put: [tag], remove: [], message: `Tag ${tag.name[2]} successfully created.` };
}

/** @throws SqlError for a body that does not give what it takes */
export function createPolicy(statement: StatementOf<'create-policy'>): PolicyChange {
  const { argument, type, returns, body, comment } = statement;
  if (type.name !== returns.name)
    throw compilationError('002023', '22000', 'Masking policy function argument and return type mismatch.');
  requireBody(argument, type, body);
  const name = threeParts(statement.name);
  const policy: CatalogPolicy = { kind: 'policy', name, argument, type, body, comment };
  return { put: [policy], remove: [], message: `Masking policy ${name[2]} successfully created.` };
}

/** @throws SqlError if there is none, and for a body that does not give what it takes */
export function alterPolicy({ name, body }: StatementOf<'alter-policy'>, catalog: Catalog): PolicyChange {
  const policy = findPolicy(catalog, name);
  requireBody(policy.argument, policy.type, body);
  return { put: [{ ...policy, body }], remove: [], message: 'Statement executed successfully.' };
}

/** @throws SqlError while a column has it */
export function requireUnused(policy: CatalogPolicy, catalog: Catalog): void {
  const name = policy.name.join('.');
  const isUsed = [...catalog.values()].some(
    (each) => each.kind === 'table' && each.columns.some((column) => column.policy?.join('.') === name),
  );
  if (!isUsed) return;
  const what = `Policy ${policy.name[2]} cannot be dropped/replaced as it is associated with one or more entities.`;
  throw compilationError('003531', '42601', what);
}

/** @throws SqlError for a value that the tag does not allow */
export function requireTagValue({ allowed }: CatalogTag, value: string): void {
  if (allowed === null || allowed.includes(value)) return;
  throw compilationError('391802', '22023', `Tag value '${value}' is not one of the allowed values.`);
}
