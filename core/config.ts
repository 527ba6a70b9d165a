import { combinationProblems, type Environment, environment, LOCAL_ACCOUNT } from '#core/environment.ts';
import { ZonerError } from '#core/errors.ts';

export interface KafkaConfig {
  readonly brokers: readonly string[];
  /** Which library speaks to the brokers. Default kafkajs. */
  readonly client?: 'kafkajs' | 'platformatic';
  readonly ssl: false | { readonly caPath: string | null };
  readonly sasl: PasswordLogin | TokenLogin | null;
}

/** A user with a password. */
export interface PasswordLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** A token that is there already, or where one is to be had by OAuth 2 client credentials. */
export interface TokenLogin {
  readonly mechanism: 'oauthbearer';
  readonly token:
    | string
    | {
        readonly url: string;
        readonly clientId: string;
        readonly clientSecret: string;
        readonly scope: string | null;
      };
}

export interface RegistryConfig {
  /** Without a trailing slash. */
  readonly url: string;
  readonly auth: { readonly user: string; readonly password: string } | { readonly token: string } | null;
  /** A private certificate authority, PEM; null for those that Node trusts. */
  readonly caPath: string | null;
}

export interface RedisConfig {
  /** May hold a user and a password. */
  readonly url: string;
  /** Null: that of the URL, or none. */
  readonly username: string | null;
  readonly password: string | null;
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
  /** A folder where consumers keep the writer schemas that they have met, for an outage of the registry; null: nowhere. */
  readonly snapshotPath: string | null;
  readonly redis: RedisConfig;
  /** Null when no account is configured: commands that need a warehouse then say what to set. */
  readonly snowflake: SnowflakeConfig | null;
  /** Null: no token is asked for. */
  readonly apiAuth: ApiAuth | null;
  /** Under which the journal of erasures holds people's hashes; null: nobody can be forgotten. */
  readonly erasureKey: string | null;
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

function toConfig(env: Environment): Config {
  return {
    kafka: {
      brokers: env.KAFKA_BROKER.split(',').map((broker) => broker.trim()),
      client: env.KAFKA_CLIENT,
      ssl: env.KAFKA_SSL ? { caPath: env.KAFKA_SSL_CA_PATH ?? null } : false,
      sasl: saslOf(env),
    },
    registry: {
      url: env.SCHEMA_REGISTRY_URL.replace(/\/+$/, ''),
      auth: registryAuthOf(env),
      caPath: env.SCHEMA_REGISTRY_CA_PATH ?? null,
    },
    snapshotPath: env.ZONER_SCHEMA_SNAPSHOT === 'off' ? null : env.ZONER_SCHEMA_SNAPSHOT,
    redis: {
      url: env.REDIS_URL,
      username: env.REDIS_USERNAME ?? null,
      password: env.REDIS_PASSWORD ?? null,
      caPath: env.REDIS_CA_PATH ?? null,
    },
    snowflake: snowflakeOf(env),
    apiAuth: apiAuthOf(env),
    erasureKey: env.ZONER_ERASURE_KEY ?? null,
    logLevel: env.ZONER_LOG,
  };
}

/** What belongs together is set together: `combinationProblems` has seen to that. */
function saslOf(env: Environment): KafkaConfig['sasl'] {
  const mechanism = env.KAFKA_SASL_MECHANISM;
  if (mechanism === undefined) return null;
  if (mechanism !== 'oauthbearer')
    return { mechanism, username: env.KAFKA_SASL_USERNAME ?? '', password: env.KAFKA_SASL_PASSWORD ?? '' };
  if (env.KAFKA_OAUTH_TOKEN !== undefined) return { mechanism, token: env.KAFKA_OAUTH_TOKEN };
  return {
    mechanism,
    token: {
      url: env.KAFKA_OAUTH_TOKEN_URL ?? '',
      clientId: env.KAFKA_OAUTH_CLIENT_ID ?? '',
      clientSecret: env.KAFKA_OAUTH_CLIENT_SECRET ?? '',
      scope: env.KAFKA_OAUTH_SCOPE ?? null,
    },
  };
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
  if (env.SNOWFLAKE_ACCOUNT === undefined) return null;
  const isLocal = env.SNOWFLAKE_ACCOUNT === LOCAL_ACCOUNT;
  return {
    account: env.SNOWFLAKE_ACCOUNT,
    user: env.SNOWFLAKE_USER ?? 'zoner',
    auth: snowflakeAuthOf(env),
    database: env.SNOWFLAKE_DATABASE,
    schema: env.SNOWFLAKE_SCHEMA,
    warehouse: env.SNOWFLAKE_WAREHOUSE ?? null,
    role: env.SNOWFLAKE_ROLE ?? null,
    accessUrl: env.SNOWFLAKE_ACCESS_URL ?? (isLocal ? env.SNOWFLAKE_LOCAL_URL : null),
    ...(env.SNOWFLAKE_PROXY === undefined ? {} : { proxy: env.SNOWFLAKE_PROXY }),
    statementTimeoutSeconds: env.SNOWFLAKE_STATEMENT_TIMEOUT,
  };
}

/** Exactly one of the three is set: `combinationProblems` has seen to that. */
function snowflakeAuthOf(env: Environment): SnowflakeConfig['auth'] {
  if (env.SNOWFLAKE_PASSWORD !== undefined) return { password: env.SNOWFLAKE_PASSWORD };
  if (env.SNOWFLAKE_OAUTH_TOKEN !== undefined) return { token: env.SNOWFLAKE_OAUTH_TOKEN };
  const passphrase = env.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE;
  // Only the local account gets this far without any.
  if (env.SNOWFLAKE_PRIVATE_KEY_PATH === undefined) return { password: LOCAL_ACCOUNT };
  const privateKeyPath = env.SNOWFLAKE_PRIVATE_KEY_PATH;
  return passphrase === undefined ? { privateKeyPath } : { privateKeyPath, passphrase };
}
