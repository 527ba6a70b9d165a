import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type snowflakeModule from 'snowflake-sdk';
import type { SnowflakeConfig } from '#core/config.ts';
import { messageOf, ZonerError } from '#core/errors.ts';
import { driverError, isAboutStatement } from '#snowflake/driver-error.ts';
import { createOutstanding, type LostStatement } from '#snowflake/outstanding.ts';
import { refuseUnreachable } from '#snowflake/reachable.ts';
import { isReadOnly } from '#snowflake/read-only.ts';
import type { StatementResult, Warehouse } from '#snowflake/warehouse.ts';

type Snowflake = typeof snowflakeModule;
type Connection = snowflakeModule.Connection;

export interface DriverOptions {
  readonly appVersion: string;
  /** For each statement. Our own, because the driver retries an outage for a minute and a half. Default 60 000. */
  readonly deadlineMs?: number;
  /**
   * The session has the configured database and schema as its own, so that names may be short. Off by default: what
   * Zoner's own statements name, they name in full, and the database may not be there yet.
   */
  readonly inSchema?: boolean;
}

const CONNECT_DEADLINE_MS = 60_000;
const TIMEOUT_LEAD_MS = 15_000;

let loaded: Promise<Snowflake> | undefined;

/** Heavy, so loaded when used; configured once, because its settings are the process'. */
function loadDriver(): Promise<Snowflake> {
  loaded ??= (async () => {
    // The driver reads this while it loads; otherwise it asks two cloud addresses who it is.
    process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = 'true';
    const { default: snowflake } = await import('snowflake-sdk');
    // It would print to standard output and write snowflake.log into the folder.
    snowflake.configure({ logLevel: 'OFF', additionalLogToConsole: false });
    return snowflake;
  })();
  return loaded;
}

/** A session with Snowflake. It connects when it is used first, and again after the session was lost. */
export function createWarehouse(config: SnowflakeConfig, options: DriverOptions): Warehouse {
  const { deadlineMs = CONNECT_DEADLINE_MS, appVersion, inSchema = false } = options;
  const timeoutSeconds = statementTimeout(config, deadlineMs);
  const outstanding = createOutstanding({ timeoutMs: timeoutSeconds * 1000, patienceMs: deadlineMs });
  let session: Promise<Connection> | null = null;
  /** The session that is there. One that is still being made has nothing to end, and the driver may try for minutes. */
  let open: Connection | null = null;
  let closed = false;

  const connected = async (): Promise<Connection> => {
    session ??= connect(config, appVersion, timeoutSeconds, inSchema);
    try {
      const made = await session;
      if (closed) made.destroy(() => {});
      else open = made;
      return made;
    } catch (error) {
      session = null;
      throw driverError(error, 'connecting to Snowflake');
    }
  };

  return {
    async execute(sql, binds = []) {
      const connection = await withDeadline(
        connected(),
        Math.min(deadlineMs, CONNECT_DEADLINE_MS),
        'connecting to Snowflake',
      );
      await outstanding.settle((id) =>
        withDeadline(hasEnded(connection, id), deadlineMs, 'the state of a query'),
      );
      const sent = send(connection, sql, binds);
      try {
        return await withDeadline(sent.result, deadlineMs, 'the statement');
      } catch (error) {
        const known = driverError(error, firstLine(sql));
        const isAnswered = isAboutStatement(known);
        // Without Snowflake's word on the statement it may still run, and change something.
        if (!isAnswered && !isReadOnly(sql)) outstanding.add(lostStatement(sent));
        // A session that did not answer, or has ended, is not to be trusted.
        if (!isAnswered || known.code === 'WAREHOUSE_UNAVAILABLE') session = null;
        throw known;
      }
    },
    async close() {
      closed = true;
      const ending = open;
      session = null;
      open = null;
      if (ending !== null) await new Promise<void>((resolve) => ending.destroy(() => resolve()));
    },
  };
}

/** @param timeoutSeconds after which Snowflake ends a statement by itself */
async function connect(
  config: SnowflakeConfig,
  appVersion: string,
  timeoutSeconds: number,
  inSchema: boolean,
): Promise<Connection> {
  await refuseUnreachable(config);
  const snowflake = await loadDriver();
  const connection = snowflake.createConnection({
    account: config.account,
    username: config.user,
    ...credentials(config),
    ...proxyOf(config),
    ...(config.accessUrl === null ? {} : { accessUrl: config.accessUrl }),
    ...(config.warehouse === null ? {} : { warehouse: config.warehouse }),
    ...(inSchema ? { database: config.database, schema: config.schema } : {}),
    ...(config.role === null ? {} : { role: config.role }),
    application: 'Zoner',
    clientSessionKeepAlive: true,
    fetchAsString: ['Number', 'Date', 'JSON', 'Boolean', 'Buffer'],
    representNullAsStringNull: false,
    queryTag: `zoner/${appVersion}`,
  });
  await signIn(connection);
  await send(connection, sessionSettings(timeoutSeconds, appVersion), []).result;
  return connection;
}

/** The driver's promise is kept whatever the answer was: a refusal reaches only the callback. */
function signIn(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connectAsync((error) => (error ? reject(error) : resolve())).catch(reject);
  });
}

/** Whatever the account's defaults are: values and names mean the same in every session of Zoner's. */
function sessionSettings(timeoutSeconds: number, appVersion: string): string {
  return `ALTER SESSION SET TIMEZONE = 'UTC' TIMESTAMP_TYPE_MAPPING = 'TIMESTAMP_NTZ' QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE ERROR_ON_NONDETERMINISTIC_MERGE = TRUE ABORT_DETACHED_QUERY = TRUE STATEMENT_TIMEOUT_IN_SECONDS = ${timeoutSeconds} QUERY_TAG = 'zoner/${appVersion}'`;
}

/** When Snowflake itself ends a statement, in seconds: before our deadline, so that nothing outlives our patience. */
function statementTimeout(
  { statementTimeoutSeconds = Infinity }: SnowflakeConfig,
  deadlineMs: number,
): number {
  return Math.min(statementTimeoutSeconds, Math.max(1, Math.floor((deadlineMs - TIMEOUT_LEAD_MS) / 1000)));
}

function credentials({ auth }: SnowflakeConfig): object {
  if ('password' in auth) return { password: auth.password };
  if ('token' in auth) return { authenticator: 'OAUTH', token: auth.token };
  return { authenticator: 'SNOWFLAKE_JWT', privateKey: readPrivateKey(auth.privateKeyPath, auth.passphrase) };
}

/** The key as the driver wants it, PKCS#8 in clear, whatever it is in its file. */
function readPrivateKey(path: string, passphrase: string | undefined): string {
  const refuse = (error: unknown, remedy: string): never => {
    throw new ZonerError('FILE_UNREADABLE', `SNOWFLAKE_PRIVATE_KEY_PATH: ${messageOf(error)}`, {
      cause: error,
      remedy,
    });
  };
  let pem = '';
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    refuse(error, 'Name a file with a private key in PEM form.');
  }
  try {
    const key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
    return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch (error) {
    return refuse(
      error,
      'Check that the file holds an RSA key in PEM form, and SNOWFLAKE_PRIVATE_KEY_PASSPHRASE.',
    );
  }
}

function proxyOf({ proxy }: SnowflakeConfig): object {
  if (proxy === undefined) return {};
  const { protocol, hostname, port, username, password } = new URL(proxy);
  return {
    proxyHost: hostname,
    proxyPort: Number(port || (protocol === 'https:' ? 443 : 80)),
    proxyProtocol: protocol.slice(0, -1),
    ...(username === ''
      ? {}
      : { proxyUser: decodeURIComponent(username), proxyPassword: decodeURIComponent(password) }),
  };
}

interface Sent {
  readonly result: Promise<StatementResult>;
  /** Snowflake's name of the query, once it has told; null before. */
  queryId(): string | null;
}

function send(connection: Connection, sqlText: string, binds: readonly string[]): Sent {
  const { promise, resolve, reject } = Promise.withResolvers<StatementResult>();
  const sent = connection.execute({
    sqlText,
    binds: [...binds],
    rowMode: 'array',
    complete: (error, statement, rows) => {
      if (error) return reject(error);
      const columns = (statement.getColumns() ?? []).map((column) => column.getName());
      const cells = (rows ?? []) as readonly (readonly unknown[])[];
      resolve({
        columns,
        rows: cells.map((row) =>
          row.map((cell) => (cell === null || cell === undefined ? null : String(cell))),
        ),
        affected: statement.getNumUpdatedRows() ?? 0,
      });
    },
  });
  return { result: promise, queryId: () => sent.getQueryId() || null };
}

/** The driver goes on after our deadline, and may send the statement again. */
function lostStatement({ result, queryId }: Sent): LostStatement {
  const givenUp = result.then(
    () => true,
    (error: unknown) => isAboutStatement(driverError(error, 'the statement')),
  );
  return { queryId, givenUp };
}

/**
 * The states in which nothing runs any more. The driver's own lists count a query that waits for a lock, or that is being
 * cancelled, as over.
 */
const ENDED: ReadonlySet<string> = new Set([
  'SUCCESS',
  'FAILED_WITH_ERROR',
  'FAILED_WITH_INCIDENT',
  'ABORTED',
]);

async function hasEnded(connection: Connection, queryId: string): Promise<boolean> {
  return ENDED.has(String(await connection.getQueryStatus(queryId)));
}

async function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new ZonerError('WAREHOUSE_UNAVAILABLE', `${what} gave no answer in ${ms} ms`));
  }, ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

/** Names a statement in an error without its values. */
function firstLine(sql: string): string {
  return sql.split('\n', 1)[0]?.slice(0, 120) ?? '';
}
