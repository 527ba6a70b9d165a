import { z } from 'zod';
import { ZonerError } from '#core/errors.ts';

const text = z.string().min(1);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_$]*$/, 'must be a plain Snowflake name');

/** Every variable that Zoner reads; `.env.example` explains them. An empty variable counts as absent. */
const environment = z.object({
  KAFKA_BROKER: text.default('127.0.0.1:9092'),
  KAFKA_SSL: flag.default(false),
  KAFKA_SSL_CA_PATH: text.optional(),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: text.optional(),
  KAFKA_SASL_PASSWORD: text.optional(),
  SCHEMA_REGISTRY_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8081/apis/ccompat/v7'),
  SCHEMA_REGISTRY_USER: text.optional(),
  SCHEMA_REGISTRY_PASSWORD: text.optional(),
  SCHEMA_REGISTRY_TOKEN: text.optional(),
  SCHEMA_REGISTRY_CA_PATH: text.optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379'),
  SNOWFLAKE_ACCOUNT: text.optional(),
  SNOWFLAKE_USER: text.optional(),
  SNOWFLAKE_PASSWORD: text.optional(),
  SNOWFLAKE_PRIVATE_KEY_PATH: text.optional(),
  SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: text.optional(),
  SNOWFLAKE_OAUTH_TOKEN: text.optional(),
  SNOWFLAKE_PROXY: z.url({ protocol: /^https?$/ }).optional(),
  SNOWFLAKE_STATEMENT_TIMEOUT: z.coerce.number().int().positive().max(604_800).default(3600),
  SNOWFLAKE_DATABASE: identifier.default('ZONER_DB'),
  SNOWFLAKE_SCHEMA: identifier.default('PUBLIC'),
  SNOWFLAKE_WAREHOUSE: text.optional(),
  SNOWFLAKE_ROLE: text.optional(),
  SNOWFLAKE_ACCESS_URL: z.url({ protocol: /^https?$/ }).optional(),
  ZONER_API_JWT_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  ZONER_API_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  ZONER_API_JWT_ISSUER: text.optional(),
  ZONER_API_JWT_AUDIENCE: text.optional(),
  ZONER_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
});

type Environment = z.infer<typeof environment>;

export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly ssl: false | { readonly caPath: string | null };
  readonly sasl: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  } | null;
}

export interface RegistryConfig {
  /** Without a trailing slash. */
  readonly url: string;
  readonly auth: { readonly user: string; readonly password: string } | { readonly token: string } | null;
  /** A private certificate authority, PEM; null for those that Node trusts. */
  readonly caPath: string | null;
}

export interface SnowflakeConfig {
  readonly account: string;
  readonly user: string;
  readonly auth:
    | { readonly password: string }
    | { readonly privateKeyPath: string; readonly passphrase?: string }
    | { readonly token: string };
  readonly database: string;
  readonly schema: string;
  readonly warehouse: string | null;
  readonly role: string | null;
  /** Set for the local Snowflake and for private links; otherwise the driver derives it from the account. */
  readonly accessUrl: string | null;
  /** `http://user:password@host:port`; absent where the driver goes by itself. */
  readonly proxy?: string;
  /** After so many seconds Snowflake cancels a statement; absent for the account's own limit. */
  readonly statementTimeoutSeconds?: number;
}

/** How the API knows who asks. */
export interface ApiAuth {
  readonly key: { readonly secret: string } | { readonly jwksUrl: string };
  /** Null: any. */
  readonly issuer: string | null;
  readonly audience: string | null;
}

export interface Config {
  readonly kafka: KafkaConfig;
  readonly registry: RegistryConfig;
  readonly redisUrl: string;
  /** Null when no account is configured: commands that need a warehouse then say what to set. */
  readonly snowflake: SnowflakeConfig | null;
  /** Null: no token is asked for. */
  readonly apiAuth: ApiAuth | null;
  readonly logLevel: Environment['ZONER_LOG'];
}

/**
 * Reads Zoner's settings out of an environment.
 * @throws ZonerError CONFIG_INVALID that lists every wrong variable at once; never a value, which may be a secret.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(present);
  const problems = parsed.success
    ? combinationProblems(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (!parsed.success || problems.length > 0) {
    throw new ZonerError(
      'CONFIG_INVALID',
      `The environment is not valid:\n${problems.map((p) => `  ${p}`).join('\n')}`,
    );
  }
  return toConfig(parsed.data);
}

function combinationProblems(env: Environment): string[] {
  const problems: string[] = [];
  const together = (names: readonly (keyof Environment)[]): void => {
    const set = names.filter((name) => env[name] !== undefined);
    const unset = names.filter((name) => env[name] === undefined);
    if (set.length > 0 && unset.length > 0)
      problems.push(`${unset.join(', ')}: needed because ${set.join(', ')} is set`);
  };
  together(['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']);
  together(['SCHEMA_REGISTRY_USER', 'SCHEMA_REGISTRY_PASSWORD']);
  if (env.SCHEMA_REGISTRY_TOKEN !== undefined && env.SCHEMA_REGISTRY_USER !== undefined) {
    problems.push('SCHEMA_REGISTRY_TOKEN: set either this or SCHEMA_REGISTRY_USER, not both');
  }
  if (env.ZONER_API_JWT_SECRET !== undefined && env.ZONER_API_JWKS_URL !== undefined) {
    problems.push('ZONER_API_JWT_SECRET: set either this or ZONER_API_JWKS_URL, not both');
  }
  if (env.SNOWFLAKE_ACCOUNT !== undefined) {
    if (env.SNOWFLAKE_USER === undefined)
      problems.push('SNOWFLAKE_USER: needed because SNOWFLAKE_ACCOUNT is set');
    const credentials = [
      env.SNOWFLAKE_PASSWORD,
      env.SNOWFLAKE_PRIVATE_KEY_PATH,
      env.SNOWFLAKE_OAUTH_TOKEN,
    ].filter((value) => value !== undefined);
    if (env.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE !== undefined && env.SNOWFLAKE_PRIVATE_KEY_PATH === undefined)
      problems.push('SNOWFLAKE_PRIVATE_KEY_PATH: needed because SNOWFLAKE_PRIVATE_KEY_PASSPHRASE is set');
    if (credentials.length !== 1) {
      problems.push(
        'SNOWFLAKE_PASSWORD, SNOWFLAKE_PRIVATE_KEY_PATH, SNOWFLAKE_OAUTH_TOKEN: set exactly one because SNOWFLAKE_ACCOUNT is set',
      );
    }
  }
  return problems;
}

function toConfig(env: Environment): Config {
  return {
    kafka: {
      brokers: env.KAFKA_BROKER.split(',').map((broker) => broker.trim()),
      ssl: env.KAFKA_SSL ? { caPath: env.KAFKA_SSL_CA_PATH ?? null } : false,
      sasl: saslOf(env),
    },
    registry: {
      url: env.SCHEMA_REGISTRY_URL.replace(/\/+$/, ''),
      auth: registryAuthOf(env),
      caPath: env.SCHEMA_REGISTRY_CA_PATH ?? null,
    },
    redisUrl: env.REDIS_URL,
    snowflake: snowflakeOf(env),
    apiAuth: apiAuthOf(env),
    logLevel: env.ZONER_LOG,
  };
}

function saslOf(env: Environment): KafkaConfig['sasl'] {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = env;
  return mechanism && username && password ? { mechanism, username, password } : null;
}

function registryAuthOf(env: Environment): RegistryConfig['auth'] {
  if (env.SCHEMA_REGISTRY_TOKEN !== undefined) return { token: env.SCHEMA_REGISTRY_TOKEN };
  const { SCHEMA_REGISTRY_USER: user, SCHEMA_REGISTRY_PASSWORD: password } = env;
  return user && password ? { user, password } : null;
}

function apiAuthOf(env: Environment): ApiAuth | null {
  const { ZONER_API_JWT_SECRET: secret, ZONER_API_JWKS_URL: jwksUrl } = env;
  const names = { issuer: env.ZONER_API_JWT_ISSUER ?? null, audience: env.ZONER_API_JWT_AUDIENCE ?? null };
  if (secret !== undefined) return { key: { secret }, ...names };
  return jwksUrl === undefined ? null : { key: { jwksUrl }, ...names };
}

function snowflakeOf(env: Environment): SnowflakeConfig | null {
  if (env.SNOWFLAKE_ACCOUNT === undefined || env.SNOWFLAKE_USER === undefined) return null;
  return {
    account: env.SNOWFLAKE_ACCOUNT,
    user: env.SNOWFLAKE_USER,
    auth: snowflakeAuthOf(env),
    database: env.SNOWFLAKE_DATABASE,
    schema: env.SNOWFLAKE_SCHEMA,
    warehouse: env.SNOWFLAKE_WAREHOUSE ?? null,
    role: env.SNOWFLAKE_ROLE ?? null,
    accessUrl: env.SNOWFLAKE_ACCESS_URL ?? null,
    ...(env.SNOWFLAKE_PROXY === undefined ? {} : { proxy: env.SNOWFLAKE_PROXY }),
    statementTimeoutSeconds: env.SNOWFLAKE_STATEMENT_TIMEOUT,
  };
}

/** Exactly one of the three is set: `combinationProblems` has seen to that. */
function snowflakeAuthOf(env: Environment): SnowflakeConfig['auth'] {
  if (env.SNOWFLAKE_PASSWORD !== undefined) return { password: env.SNOWFLAKE_PASSWORD };
  if (env.SNOWFLAKE_OAUTH_TOKEN !== undefined) return { token: env.SNOWFLAKE_OAUTH_TOKEN };
  const passphrase = env.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE;
  const privateKeyPath = env.SNOWFLAKE_PRIVATE_KEY_PATH ?? '';
  return passphrase === undefined ? { privateKeyPath } : { privateKeyPath, passphrase };
}
