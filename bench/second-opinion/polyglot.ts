import type { Asked } from '#bench/second-opinion/asked.ts';
import { withoutBinds } from '#bench/second-opinion/sqlfluff.ts';
import type { Tools } from '#bench/second-opinion/tools.ts';
import type { Place } from '#snowflake/names.ts';

interface Polyglot {
  validateWithSchema(
    sql: string,
    schema: object,
    dialect: string,
    options: object,
  ): {
    readonly valid: boolean;
    readonly errors: readonly { readonly message: string; readonly severity: string }[];
  };
}

/** Asks polyglot whether the tables and columns that a statement names are there; says why not, or null. */
export async function openPolyglot({
  polyglot,
}: Tools): Promise<(asked: Asked, place: Place) => string | null> {
  const { validateWithSchema } = (await import(polyglot)) as Polyglot;
  return ({ sql, before }, { schema }) => {
    const objects = [...(before?.tables ?? []), ...(before?.views ?? [])];
    const tables = objects.map(([name, { columns }]) => ({
      name,
      schema,
      columns: columns.map((column) => ({
        name: column.name,
        type: 'sql' in column ? column.sql : 'VARCHAR',
      })),
    }));
    const options = { strict: true, checkReferences: true };
    const { errors } = validateWithSchema(withoutBinds(sql), { tables, strict: true }, 'snowflake', options);
    return errors.find(({ severity }) => severity === 'error')?.message ?? null;
  };
}
