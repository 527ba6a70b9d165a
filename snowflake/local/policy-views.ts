import type { StatementOf } from '#snowflake/local/ast.ts';
import {
  type Catalog,
  type CatalogTable,
  findPolicy,
  findTable,
  threeParts,
} from '#snowflake/local/catalog.ts';
import type { GeneratedQuery } from '#snowflake/local/generate-query.ts';
import { values } from '#snowflake/local/information-schema.ts';
import { syntaxError, unsupported } from '#snowflake/local/sql-error.ts';
import { TYPES, typeText } from '#snowflake/local/sql-type.ts';
import { TokenReader } from '#snowflake/local/token-reader.ts';

/** Rows that are written out: what SHOW and DESCRIBE give. */
export interface Listing {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** SHOW TAGS and SHOW MASKING POLICIES of a schema, with the columns of their pages that do not tell of owners and times. */
export function showObjects({ what, like, schema }: StatementOf<'show'>, catalog: Catalog): Listing {
  const found = [...catalog.values()].filter(({ name }) => schema.every((part, at) => name[at] === part));
  const isLike = (name: string): boolean => like === null || likePattern(like).test(name);
  if (what === 'tag') {
    const rows = found.flatMap((each) =>
      each.kind === 'tag' && isLike(each.name[2])
        ? [[each.name[2], each.name[0], each.name[1], each.comment ?? '', allowedText(each.allowed)]]
        : [],
    );
    return { columns: ['name', 'database_name', 'schema_name', 'comment', 'allowed_values'], rows };
  }
  const rows = found.flatMap((each) =>
    each.kind === 'policy' && each.isHidden === undefined && isLike(each.name[2])
      ? [[each.name[2], each.name[0], each.name[1], 'MASKING_POLICY', each.comment ?? '']]
      : [],
  );
  return { columns: ['name', 'database_name', 'schema_name', 'kind', 'comment'], rows };
}

const allowedText = (allowed: readonly string[] | null): string | null =>
  allowed === null ? null : JSON.stringify(allowed);

/** SHOW … LIKE takes case for nothing. */
function likePattern(like: string): RegExp {
  const escaped = like.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll('_', '.')}$`, 'i');
}

/** DESCRIBE MASKING POLICY. @throws SqlError if there is none */
export function describePolicy({ name }: StatementOf<'describe-policy'>, catalog: Catalog): Listing {
  const policy = findPolicy(catalog, name);
  const { argument, type, body } = policy;
  return {
    columns: ['name', 'signature', 'return_type', 'body'],
    rows: [[policy.name[2], `(${argument} ${typeText(type).replace(/\(.*$/, '')})`, typeText(type), body]],
  };
}

const REFERENCES = {
  POLICY_DB: TYPES.text,
  POLICY_SCHEMA: TYPES.text,
  POLICY_NAME: TYPES.text,
  POLICY_KIND: TYPES.text,
  REF_ENTITY_NAME: TYPES.text,
  REF_ENTITY_DOMAIN: TYPES.text,
  REF_COLUMN_NAME: TYPES.text,
  TAG_NAME: TYPES.text,
  POLICY_STATUS: TYPES.text,
};

const TAGGED = {
  TAG_DATABASE: TYPES.text,
  TAG_SCHEMA: TYPES.text,
  TAG_NAME: TYPES.text,
  TAG_VALUE: TYPES.text,
  LEVEL: TYPES.text,
  OBJECT_NAME: TYPES.text,
  DOMAIN: TYPES.text,
  COLUMN_NAME: TYPES.text,
};

/**
 * POLICY_REFERENCES and TAG_REFERENCES_ALL_COLUMNS of a table. @param argumentsOf by name, or by place
 * @throws SqlError for other functions, and a table that is not there
 */
export function referencesOf(
  name: readonly string[],
  argumentsOf: ReadonlyMap<string, string>,
  catalog: Catalog,
): GeneratedQuery {
  const [, schema, called = ''] = threeParts(name);
  if (schema !== 'INFORMATION_SCHEMA') throw unsupported(`the table function ${name.join('.')}`);
  const argument = (word: string): string => {
    const value = argumentsOf.get(word);
    if (value === undefined) throw syntaxError(`${called} needs ${word}`);
    return value;
  };
  if (called === 'POLICY_REFERENCES') {
    const table = namedTable(argument('REF_ENTITY_NAME'), argument('REF_ENTITY_DOMAIN'), catalog);
    return values(REFERENCES, policyRows(table, catalog));
  }
  if (called === 'TAG_REFERENCES_ALL_COLUMNS')
    return values(TAGGED, tagRows(namedTable(argument('0'), argument('1'), catalog)));
  throw unsupported(`the table function ${called}`);
}

/** The name stands in a text, quoted where its case counts. */
function namedTable(text: string, domain: string, catalog: Catalog): CatalogTable {
  if (domain.toUpperCase() !== 'TABLE') throw unsupported(`references of ${domain}`);
  return findTable(catalog, new TokenReader(text).qualifiedName());
}

/** Those that the role may see. */
function policyRows(
  { name, columns }: CatalogTable,
  catalog: Catalog,
): readonly (readonly (string | null)[])[] {
  return columns.flatMap(({ name: column, policy }) =>
    policy === undefined || policy === null || findPolicy(catalog, policy).isHidden === true
      ? []
      : [[...policy, 'MASKING_POLICY', name[2], 'TABLE', column, null, 'ACTIVE']],
  );
}

function tagRows({ name, columns }: CatalogTable): readonly (readonly (string | null)[])[] {
  return columns.flatMap(({ name: column, tags = [] }) =>
    tags.map(({ tag, value }) => [...tag, value, 'COLUMN', name[2], 'COLUMN', column]),
  );
}
