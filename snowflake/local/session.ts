import type { DuckDBConnection } from '@duckdb/node-api';
import { accessOf } from '#snowflake/local/access.ts';
import type { Statement, StatementOf } from '#snowflake/local/ast.ts';
import type { Catalog, CatalogEntry, CurrentSchema } from '#snowflake/local/catalog.ts';
import { type Ddl, planDdl } from '#snowflake/local/ddl.ts';
import { duckdbError } from '#snowflake/local/duckdb-error.ts';
import {
  type GeneratedDml,
  generateDelete,
  generateInsert,
  generateMerge,
  generateUpdate,
} from '#snowflake/local/generate-dml.ts';
import { generateQuery } from '#snowflake/local/generate-query.ts';
import type { Locks } from '#snowflake/local/locks.ts';
import { parseStatement } from '#snowflake/local/parse-statement.ts';
import { describePolicy, showObjects } from '#snowflake/local/policy-views.ts';
import { rowTypes, wireValue } from '#snowflake/local/result-format.ts';
import { ownedBy } from '#snowflake/local/roles.ts';
import { type SessionParameters, setParameter } from '#snowflake/local/session-parameters.ts';
import { SqlError } from '#snowflake/local/sql-error.ts';
import { counts, listing, message, type StatementAnswer } from '#snowflake/local/statement-answer.ts';
import { applyChange, changeStatements } from '#snowflake/local/store.ts';

export interface SessionDeps {
  readonly connection: DuckDBConnection;
  readonly catalog: Map<string, CatalogEntry>;
  readonly locks: Locks;
  /** What short names in a query are of. */
  readonly current: CurrentSchema | null;
  /** As which role the session signed in; null for the account's administrator. */
  readonly role: string | null;
  /** Called when a statement has written its rows and has not yet committed them. */
  beforeCommit(sql: string): Promise<void>;
}

type Binds = readonly (string | null)[];

interface Written {
  readonly sql: string;
  readonly binds: Binds;
}

const LOCK_TIMEOUT_MS = 30_000;

/** One session: its transaction, its parameters. Statements of one session run one after the other. */
export class Session {
  readonly parameters: SessionParameters = new Map();
  readonly #deps: SessionDeps;
  /** What the open transaction has written; null if there is none. */
  #transaction: Written[] | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  /** Runs one statement. @throws SqlError */
  execute(sql: string, binds: Binds): Promise<StatementAnswer> {
    const result = this.#queue.then(() => this.#execute(sql, binds));
    this.#queue = result.catch(() => {});
    return result;
  }

  /** True while its statement waits for another session's lock. */
  get isBlocked(): boolean {
    return this.#deps.locks.isWaiting(this);
  }

  /** Ends the session; an open transaction is rolled back, as Snowflake does. */
  async close(): Promise<void> {
    await this.#queue.catch(() => {});
    if (this.#transaction !== null) await this.#end('ROLLBACK');
    this.#deps.connection.closeSync();
  }

  async #execute(sql: string, binds: Binds): Promise<StatementAnswer> {
    const statement = parseStatement(sql);
    try {
      return await this.#run(statement, sql, binds);
    } catch (error) {
      throw duckdbError(error);
    }
  }

  async #run(statement: Statement, sql: string, binds: Binds): Promise<StatementAnswer> {
    const access = accessOf(this.#deps.catalog, this.#deps.role);
    access?.allow(statement, this.#deps.current);
    const catalog = access?.visible ?? this.#deps.catalog;
    switch (statement.kind) {
      case 'set-session':
        for (const [name, value] of statement.parameters) setParameter(this.parameters, name, value);
        return message('Statement executed successfully.');
      case 'begin':
        if (this.#transaction === null) await this.#begin();
        return message('Statement executed successfully.');
      case 'commit':
      case 'rollback':
        if (this.#transaction !== null) await this.#end(statement.kind === 'commit' ? 'COMMIT' : 'ROLLBACK');
        return message('Statement executed successfully.');
      case 'query':
        return this.#query(statement, catalog, binds);
      case 'show':
        return listing(showObjects(statement, catalog));
      case 'describe-policy':
        return listing(describePolicy(statement, catalog));
      case 'insert':
        return this.#write(generateInsert(statement, catalog), sql, binds, 'insert');
      case 'update':
        return this.#write(generateUpdate(statement, catalog), sql, binds, 'update');
      case 'delete':
        return this.#write(generateDelete(statement, catalog), sql, binds, 'delete');
      case 'merge':
        return this.#merge(generateMerge(statement, catalog), statement, sql, binds);
      default: {
        // DDL commits what is open, whether it succeeds itself or not.
        if (this.#transaction !== null) await this.#end('COMMIT');
        const ddl = planDdl(statement, this.#deps.catalog);
        if (ddl === null) throw new Error(`nothing runs ${statement.kind}`);
        return this.#alter(ddl, statement);
      }
    }
  }

  async #query({ query }: StatementOf<'query'>, catalog: Catalog, binds: Binds): Promise<StatementAnswer> {
    const { sql, columns } = generateQuery(query, catalog, this.#deps.current);
    const reader = await this.#inTransaction(() => this.#deps.connection.runAndReadAll(sql, [...binds]));
    const rows = reader.getRows().map((row) => columns.map(({ type }, index) => wireValue(row[index], type)));
    return { columns: rowTypes(columns), rows, statement: 'query' };
  }

  async #write(
    dml: GeneratedDml,
    sql: string,
    binds: Binds,
    statement: 'insert' | 'update' | 'delete',
  ): Promise<StatementAnswer> {
    const { rowsChanged } = await this.#change(dml, sql, binds, () =>
      this.#deps.connection.run(dml.sql, [...binds]),
    );
    return counts(statement, {
      [`number of rows ${statement === 'insert' ? 'inserted' : `${statement}d`}`]: rowsChanged,
    });
  }

  async #merge(
    dml: GeneratedDml,
    statement: StatementOf<'merge'>,
    sql: string,
    binds: Binds,
  ): Promise<StatementAnswer> {
    const reader = await this.#change(dml, sql, binds, () =>
      this.#deps.connection.runAndReadAll(dml.sql, [...binds]),
    );
    const actions = reader.getRows().map(([action]) => String(action));
    const kinds = new Set(statement.clauses.map(({ kind }) => kind));
    const count = (kind: 'insert' | 'update' | 'delete'): Record<string, number> =>
      kinds.has(kind)
        ? {
            [`number of rows ${kind === 'insert' ? 'inserted' : `${kind}d`}`]: actions.filter(
              (each) => each === kind.toUpperCase(),
            ).length,
          }
        : {};
    return counts('merge', { ...count('insert'), ...count('update'), ...count('delete') });
  }

  /** Writes rows, in the open transaction or in one of its own. */
  async #change<T>(
    { refusedIf, appends, table }: GeneratedDml,
    sql: string,
    binds: Binds,
    write: () => Promise<T>,
  ): Promise<T> {
    const { connection, locks } = this.#deps;
    const owns = this.#transaction === null;
    await locks.acquire(this, table.physical, appends ? 'append' : 'write', LOCK_TIMEOUT_MS);
    if (owns) await this.#begin();
    try {
      const result = await this.#inTransaction(async () => {
        if (
          refusedIf !== null &&
          (await connection.runAndReadAll(refusedIf, [...binds])).getRows().length > 0
        ) {
          throw new SqlError('100090', '42P18', 'Duplicate row detected during DML action');
        }
        return write();
      });
      await this.#deps.beforeCommit(sql);
      if (owns) await this.#end('COMMIT');
      else this.#transaction?.push({ sql, binds });
      return result;
    } catch (error) {
      if (owns) await this.#end('ROLLBACK');
      throw error;
    }
  }

  /**
   * A statement that fails ends DuckDB's transaction and leaves Snowflake's open. So what the transaction has written is
   * written again in a new one.
   */
  async #inTransaction<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const written = this.#transaction;
      if (written !== null) {
        await this.#deps.connection.run('ROLLBACK');
        await this.#deps.connection.run('BEGIN');
        for (const each of written) await this.#repeat(each);
      }
      throw error;
    }
  }

  async #repeat({ sql, binds }: Written): Promise<void> {
    const statement = parseStatement(sql);
    const { catalog, connection } = this.#deps;
    const generated =
      statement.kind === 'insert'
        ? generateInsert(statement, catalog)
        : statement.kind === 'update'
          ? generateUpdate(statement, catalog)
          : statement.kind === 'delete'
            ? generateDelete(statement, catalog)
            : statement.kind === 'merge'
              ? generateMerge(statement, catalog)
              : null;
    if (generated !== null) await connection.run(generated.sql, [...binds]);
  }

  async #begin(): Promise<void> {
    await this.#deps.connection.run('BEGIN');
    this.#transaction = [];
  }

  async #end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    this.#transaction = null;
    try {
      await this.#deps.connection.run(how);
    } finally {
      this.#deps.locks.release(this);
    }
  }

  async #alter(ddl: Ddl, statement: Statement): Promise<StatementAnswer> {
    const { connection, catalog, locks } = this.#deps;
    try {
      // The catalog is one: DDL of two sessions goes one after the other.
      await locks.acquire(this, 'the catalog', 'alter', LOCK_TIMEOUT_MS);
      if (ddl.locks !== null) await locks.acquire(this, ddl.locks, 'alter', LOCK_TIMEOUT_MS);
      // Others may have changed the catalog while this one waited.
      const { put: made, remove, statements, refusals, message: text } = planDdl(statement, catalog) ?? ddl;
      const put = /^create-(table|view|tag|policy)$/.test(statement.kind)
        ? made.map((each) => ownedBy(this.#deps.role, each))
        : made;
      for (const { ifRows, error } of refusals) {
        if ((await connection.runAndReadAll(ifRows)).getRows().length > 0) throw error;
      }
      if (put.length + remove.length > 0) {
        await connection.run('BEGIN');
        try {
          for (const each of [...statements, ...changeStatements({ put, remove })])
            await connection.run(each);
          await connection.run('COMMIT');
        } catch (error) {
          await connection.run('ROLLBACK');
          throw error;
        }
        applyChange(catalog, { put, remove });
      }
      return message(text);
    } finally {
      locks.release(this);
    }
  }
}
