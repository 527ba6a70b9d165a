/**
 * The one error class, and the one table of codes. Whether a condition is worth a retry, which exit code it ends in and
 * what a person can do about it are facts of the code, not of the place that throws.
 */

/** Exit codes of every command: see the README, "Words on exit". */
export const ExitCode = { ok: 0, negative: 1, changes: 2, unavailable: 3, usage: 64 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

interface CodeFacts {
  readonly retryable: boolean;
  readonly exit: ExitCode;
  readonly remedy: string;
}

const { negative, unavailable, usage } = ExitCode;
const refusal = (remedy: string): CodeFacts => ({ retryable: false, exit: negative, remedy });
const outage = (remedy: string): CodeFacts => ({ retryable: true, exit: unavailable, remedy });
const halt = (remedy: string): CodeFacts => ({ retryable: false, exit: unavailable, remedy });
const wrongInput = (remedy: string): CodeFacts => ({ retryable: false, exit: usage, remedy });

const CODES = {
  // Input of a person: files, flags, environment.
  CONFIG_INVALID: wrongInput('Correct the variables named above; .env.example lists them all.'),
  USAGE: wrongInput('Run the command with --help.'),
  SCHEMA_INVALID: wrongInput('Correct the schema at the place named above.'),
  CONTRACT_INVALID: wrongInput(
    'Correct the contract at the place named above; contract/contract.schema.json describes it.',
  ),
  LOCK_INVALID: wrongInput(
    'Resolve it, or take the lock of the other branch and run: zoner registry pull --env NAME',
  ),
  FILE_UNREADABLE: wrongInput('Check that the file exists and that this user may read it.'),

  // One record breaks its contract: it goes to the dead letter topic.
  NO_FRAME: refusal(
    'The producer must write the Confluent wire format: byte 0, a 4-byte schema id, then Avro.',
  ),
  UNKNOWN_SCHEMA_ID: refusal('Register the schema in the registry that this consumer reads, then replay.'),
  SUBJECT_MISMATCH: refusal('The producer used a schema of another subject; point it at the right topic.'),
  WRITER_INCOMPATIBLE: refusal('Upgrade the contract so that it can read this writer schema, then replay.'),
  UNDECODABLE: refusal(
    'The bytes do not hold what their schema says; find the producer by the dead letter headers.',
  ),
  ORIGIN_INVALID: refusal('Only zoner dead-letters replay may write to a retry topic.'),
  PROCESS_KILLER: refusal('Decoding this record ends the process; look at its bytes with care.'),
  HANDLER_REFUSED: refusal('The application refused it; read its reason, correct the cause, then replay.'),
  VALUE_INVALID: refusal('The value does not fit its schema; correct the field named above.'),

  // A moment that passes: hold, and try again.
  REGISTRY_UNAVAILABLE: outage('Check SCHEMA_REGISTRY_URL and that the registry is up (zoner stack status).'),
  KAFKA_UNAVAILABLE: outage('Check KAFKA_BROKER and that the broker is up (zoner stack status).'),
  WAREHOUSE_UNAVAILABLE: outage(
    'Check SNOWFLAKE_ACCOUNT or SNOWFLAKE_ACCESS_URL and that the warehouse is up (the local one: zoner stack status).',
  ),
  REDIS_UNAVAILABLE: outage('Check REDIS_URL and that Redis is up (zoner stack status).'),
  HANDLER_FAILED: outage('Read what the handler threw; the record is handed to it again until it succeeds.'),
  REDIS_EMPTIED: outage('Run: zoner recommend --rebuild'),
  OVERLOADED: outage('Ask again in a moment; if it stays, run more processes.'),

  // A system that a person has to put right first.
  TLS_REFUSED: halt('Check the certificate, its authority and its names: what is wrong stands above.'),
  KAFKA_AUTH: halt('Check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.'),
  REDIS_AUTH: halt(
    'Check the user and the password: REDIS_USERNAME and REDIS_PASSWORD, or those in REDIS_URL.',
  ),
  REGISTRY_AUTH: halt('Check SCHEMA_REGISTRY_USER and SCHEMA_REGISTRY_PASSWORD, or SCHEMA_REGISTRY_TOKEN.'),
  REGISTRY_REFUSED: halt('Read what the registry says above.'),
  NOT_REGISTERED: halt('Run: zoner registry apply'),
  GIT_UNAVAILABLE: halt('Check the name, and fetch it: git fetch origin; in CI check out the whole history.'),
  LOCK_MISSING: halt('Run: zoner registry pull --env NAME'),
  TOPIC_MISSING: halt(
    'Run: zoner topics apply. If it is there, this user may not see it: zoner acl print says what is needed.',
  ),
  TOPIC_DIFFERS: halt('Change the topic by hand, or contract.json; topics are never recreated.'),
  TABLE_MISSING: halt('Run: zoner snowflake apply. To see a table takes rights: zoner snowflake grants'),
  PLAN_REFUSED: refusal('Read the ways out above; nothing was changed.'),
  PLAN_STALE: refusal('Plan again: zoner snowflake plan'),
  APPLY_BUSY: halt(
    'Wait until the other run has ended. One that was killed stands in the way for some seconds only.',
  ),
  TABLE_DIFFERS: halt('Compare the table with the contract; tables are never replaced.'),
  WAREHOUSE_REFUSED: halt('Read what Snowflake says above.'),
  WAREHOUSE_AUTH: halt(
    'Check SNOWFLAKE_USER and its credential: SNOWFLAKE_PASSWORD, SNOWFLAKE_PRIVATE_KEY_PATH or SNOWFLAKE_OAUTH_TOKEN.',
  ),
  DATA_REFUSED: halt('The warehouse refused the values of a row; read what it says above.'),
  FLOOD: halt('Find out what changed; if the refusals are right, run: zoner consume --accept CODE'),
  IDENTITY_REUSED: halt('The topic was recreated. Load it into a new table, or restore the offsets.'),
  REDIS_POLICY: halt('Set maxmemory-policy to noeviction on this Redis.'),
  REPLAY_BUSY: halt('Wait until the other command has ended, and run this one again.'),
  STOPPED: halt('Run the same command again: it goes on where it stopped.'),
  FAILS_AGAIN: refusal(
    'See why: zoner dead-letters list. The consumer may still run with an older contract than this folder.',
  ),
  NO_OUTCOME: halt(
    'Check that zoner consume is running, with the contracts of this folder; then run the same command again.',
  ),
  LEASE_LOST: halt('The partition moved to another consumer; the work is repeated there.'),

  // Verdicts.
  STALE: refusal('Run: zoner codegen'),
  LINT_REFUSED: refusal('Correct what is named above, or waive it in contract.json where lint allows that.'),
  CHECK_REFUSED: refusal('Make the edit that each row names, or agree on a waiver in contract.json.'),
  NOT_RECONCILED: refusal(
    'Read the gaps and doubles above; run zoner consume --until-end and reconcile again.',
  ),

  // The machine.
  STACK_START: halt('Read the log named above; then zoner stack down and zoner stack up.'),
  STACK_TOOL_MISSING: halt(
    'Install what is named above, or set the endpoint of the service in the environment.',
  ),
  STACK_NOT_RUNNING: halt('Run: zoner stack up'),
} as const satisfies Record<string, CodeFacts>;

export type ErrorCode = keyof typeof CODES;

/** Places and numbers that help to find the cause; never the values of a record's fields. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | null>>;

export interface ZonerErrorOptions {
  readonly context?: ErrorContext;
  readonly cause?: unknown;
  /** A remedy for this one case, where it can be more exact than the code's. */
  readonly remedy?: string;
}

/** An expected failure: bad input, a bad record, a bad moment. Anything else that is thrown is a bug. */
export class ZonerError extends Error {
  override readonly name = 'ZonerError';
  readonly code: ErrorCode;
  readonly context: ErrorContext;
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, options: ZonerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.context = options.context ?? {};
    this.remedy = options.remedy ?? CODES[code].remedy;
  }

  /** True if the same call may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return CODES[this.code].retryable;
  }

  /** The exit code that a command ends with when this error reaches it. */
  get exitCode(): ExitCode {
    return CODES[this.code].exit;
  }
}

/** True for an expected failure, with one of `codes` if any are named. */
export function isZonerError(error: unknown, ...codes: readonly ErrorCode[]): error is ZonerError {
  return error instanceof ZonerError && (codes.length === 0 || codes.includes(error.code));
}

/** The text of whatever was thrown; of a bare object without a message, its name. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}

/**
 * For a question at the start whose answer is not needed yet: credentials or a certificate that is refused ends it there,
 * with one clear error, and a service that is away does not.
 */
export function throwIfLockedOut(error: unknown): void {
  if (!isZonerError(error)) throw error;
  if (isZonerError(error, 'KAFKA_AUTH', 'REGISTRY_AUTH', 'TLS_REFUSED')) throw error;
}
