import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { SqlError } from '#snowflake/local/sql-error.ts';
import type { StatementAnswer } from '#snowflake/local/statement-answer.ts';

/** A JSON answer of Snowflake's HTTP protocol. */
export type Answer = Readonly<Record<string, unknown>>;

/** What the driver reads off every answer; without BINARY_OUTPUT_FORMAT it ends the process on a binary column. */
export const PARAMETERS = Object.entries({
  BINARY_OUTPUT_FORMAT: 'HEX',
  CLIENT_RESULT_CHUNK_SIZE: 160,
  // Staged binds cannot be emulated, so no bind is ever large enough.
  CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: 100_000_000,
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  JS_TREAT_INTEGER_AS_BIGINT: false,
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS.FF9',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: '',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_TZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMEZONE: 'UTC',
}).map(([name, value]) => ({ name, value }));

/** Kinds of statements as the driver knows them: it counts changed rows only for these. */
const STATEMENT_TYPES = {
  query: 0x1000,
  insert: 0x3100,
  update: 0x3200,
  delete: 0x3300,
  merge: 0x3400,
  other: 0x4000,
} as const;

export function resultAnswer({ columns, rows, statement }: StatementAnswer): Answer {
  const data = {
    rowtype: columns,
    rowset: rows,
    // Without it the driver never calls back.
    returned: rows.length,
    total: rows.length,
    parameters: PARAMETERS,
    queryId: randomUUID(),
    statementTypeId: STATEMENT_TYPES[statement],
    queryResultFormat: 'json',
    version: 1,
  };
  return { success: true, message: null, code: null, data };
}

export function refusal(code: string, sqlState: string, message: string): Answer {
  return { success: false, code, message, data: { sqlState, queryId: randomUUID(), errorCode: code } };
}

/** Whatever was thrown, in Snowflake's shape. */
export function failureAnswer(error: unknown): Answer {
  if (error instanceof SqlError) return refusal(error.code, error.sqlState, error.message);
  const text = error instanceof Error ? error.message : String(error);
  return refusal('000603', 'XX000', `SQL execution internal error: ${text}`);
}

/** The body of a request, zipped or not; `{}` where there is none. */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) return {};
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return JSON.parse((isGzip ? gunzipSync(bytes) : bytes).toString('utf8')) as Record<string, unknown>;
}

interface Bind {
  readonly type: string;
  readonly value: unknown;
}

/** @throws SqlError for array binds, which only INSERT … VALUES takes and Zoner does not use */
export function bindsOf(body: Readonly<Record<string, unknown>>): readonly (string | null)[] {
  return Object.values((body.bindings ?? {}) as Record<string, Bind>).map(({ value }) => {
    if (Array.isArray(value)) {
      throw new SqlError(
        '000002',
        '0A000',
        'Unsupported by the local Snowflake, which is not the real one: array binds',
      );
    }
    return value === null || value === undefined ? null : String(value);
  });
}
