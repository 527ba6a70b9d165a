import { z } from 'zod';

const text = z.string().min(1);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_$]*$/, 'must be a plain Snowflake name');

/** Of Amazon's own mechanism no client here has a signer; what a team has to do instead is known. */
function mechanismProblem({ input }: { readonly input?: unknown }): string {
  return /iam/i.test(String(input))
    ? 'AWS_MSK_IAM is not supported: use scram-sha-512, which MSK offers too'
    : 'must be plain, scram-sha-256, scram-sha-512 or oauthbearer';
}

/** The variables that hold a secret: each may be given as a file instead, by its name with `_FILE` behind it. */
export const SECRET_VARIABLES = [
  'KAFKA_SASL_PASSWORD',
  'KAFKA_OAUTH_TOKEN',
  'KAFKA_OAUTH_CLIENT_SECRET',
  'SCHEMA_REGISTRY_PASSWORD',
  'SCHEMA_REGISTRY_TOKEN',
  'REDIS_URL',
  'REDIS_PASSWORD',
  'SNOWFLAKE_PASSWORD',
  'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
  'SNOWFLAKE_OAUTH_TOKEN',
  'SNOWFLAKE_PROXY',
  'ZONER_API_JWT_SECRET',
  'ZONER_ERASURE_KEY',
] as const satisfies readonly (keyof Environment)[];

/** The account of the local Snowflake, which lets everybody in. */
export const LOCAL_ACCOUNT = 'local';

/** Every variable that Zoner reads; `.env.example` explains them. An empty variable counts as absent. */
export const environment = z.object({
  KAFKA_BROKER: text.default('127.0.0.1:9092'),
  KAFKA_CLIENT: z.enum(['kafkajs', 'platformatic']).default('kafkajs'),
  KAFKA_SSL: flag.default(false),
  KAFKA_SSL_CA_PATH: text.optional(),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], { error: mechanismProblem })
    .optional(),
  KAFKA_SASL_USERNAME: text.optional(),
  KAFKA_SASL_PASSWORD: text.optional(),
  KAFKA_OAUTH_TOKEN: text.optional(),
  KAFKA_OAUTH_TOKEN_URL: z.url({ protocol: /^https?$/ }).optional(),
  KAFKA_OAUTH_CLIENT_ID: text.optional(),
  KAFKA_OAUTH_CLIENT_SECRET: text.optional(),
  KAFKA_OAUTH_SCOPE: text.optional(),
  SCHEMA_REGISTRY_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8081/apis/ccompat/v7'),
  SCHEMA_REGISTRY_USER: text.optional(),
  SCHEMA_REGISTRY_PASSWORD: text.optional(),
  SCHEMA_REGISTRY_TOKEN: text.optional(),
  SCHEMA_REGISTRY_CA_PATH: text.optional(),
  ZONER_SCHEMA_SNAPSHOT: text.default('.zoner/writer-schemas'),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379'),
  REDIS_USERNAME: text.optional(),
  REDIS_PASSWORD: text.optional(),
  REDIS_CA_PATH: text.optional(),
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
  SNOWFLAKE_LOCAL_URL: z.url({ protocol: /^http$/ }).default('http://127.0.0.1:8085'),
  SNOWFLAKE_ACCESS_URL: z.url({ protocol: /^https?$/ }).optional(),
  ZONER_API_JWT_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  ZONER_API_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  ZONER_API_JWT_ISSUER: text.optional(),
  ZONER_API_JWT_AUDIENCE: text.optional(),
  ZONER_ERASURE_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  ZONER_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
});

export type Environment = z.infer<typeof environment>;

/** What is wrong with variables that are right one by one. Never a value, which may be a secret. */
export function combinationProblems(env: Environment): string[] {
  const problems: string[] = [];
  const together = (names: readonly (keyof Environment)[]): void => {
    const set = names.filter((name) => env[name] !== undefined);
    const unset = names.filter((name) => env[name] === undefined);
    if (set.length > 0 && unset.length > 0)
      problems.push(`${unset.join(', ')}: needed because ${set.join(', ')} is set`);
  };
  if (env.KAFKA_SASL_MECHANISM === 'oauthbearer') problems.push(...tokenProblems(env));
  else together(['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']);
  if (env.REDIS_USERNAME !== undefined && env.REDIS_PASSWORD === undefined)
    problems.push('REDIS_PASSWORD: needed because REDIS_USERNAME is set');
  together(['SCHEMA_REGISTRY_USER', 'SCHEMA_REGISTRY_PASSWORD']);
  if (env.SCHEMA_REGISTRY_TOKEN !== undefined && env.SCHEMA_REGISTRY_USER !== undefined) {
    problems.push('SCHEMA_REGISTRY_TOKEN: set either this or SCHEMA_REGISTRY_USER, not both');
  }
  if (env.ZONER_API_JWT_SECRET !== undefined && env.ZONER_API_JWKS_URL !== undefined) {
    problems.push('ZONER_API_JWT_SECRET: set either this or ZONER_API_JWKS_URL, not both');
  }
  if (env.SNOWFLAKE_ACCOUNT !== undefined && env.SNOWFLAKE_ACCOUNT !== LOCAL_ACCOUNT) {
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

function tokenProblems(env: Environment): string[] {
  const flow = [env.KAFKA_OAUTH_TOKEN_URL, env.KAFKA_OAUTH_CLIENT_ID, env.KAFKA_OAUTH_CLIENT_SECRET];
  const set = flow.filter((value) => value !== undefined).length;
  if (env.KAFKA_OAUTH_TOKEN === undefined ? set === flow.length : set === 0) return [];
  return [
    'KAFKA_OAUTH_TOKEN: set either this or KAFKA_OAUTH_TOKEN_URL, KAFKA_OAUTH_CLIENT_ID and KAFKA_OAUTH_CLIENT_SECRET, because KAFKA_SASL_MECHANISM is oauthbearer',
  ];
}
