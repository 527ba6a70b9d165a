import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import { findKafka, findRegistry, findValkey } from '#stack/artefacts.ts';
import { startKafka } from '#stack/kafka-process.ts';
import { stopProcess } from '#stack/local-process.ts';
import { freePorts } from '#stack/ports.ts';
import type { ProcessIdentity } from '#stack/process-identity.ts';
import { startRedis } from '#stack/redis-process.ts';
import { startRegistry } from '#stack/registry-process.ts';
import { type Certificate, createAuthority } from '#stack/secured/certificates.ts';
import { DOORS, type Door, securedKafka } from '#stack/secured/kafka.ts';
import { tlsFront } from '#stack/secured/tls-front.ts';
import type { StartContext } from '#stack/services.ts';
import { startSnowflake } from '#stack/snowflake-process.ts';

export interface SecuredServices {
  /** PEM files. */
  readonly authority: string;
  readonly stranger: string;
  /** `localhost:port` by door. */
  readonly kafka: Readonly<Record<Door, string>>;
  /** The open door, at which nobody signs in and everything is allowed. */
  readonly openKafka: string;
  readonly registry: { readonly url: string; readonly expired: string; readonly open: string };
  readonly redis: { readonly url: string; readonly expired: string };
  /** `url` speaks HTTP; `tls` and `expired` stand before it. */
  readonly snowflake: {
    readonly url: string;
    readonly tls: string;
    readonly expired: string;
    readonly key: string;
    readonly otherKey: string;
  };
  /** A token of the identity provider. */
  token(subject: string, options?: { readonly audience?: string }): Promise<string>;
  stop(): Promise<void>;
}

/** A user of the registry with one of Apicurio's own roles. */
export interface RegistryUser {
  readonly user: string;
  readonly password: string;
  readonly role: 'sr-admin' | 'sr-developer' | 'sr-readonly';
}

export interface Secrets {
  /** Kafka's users; all may do what ACLs allow them. */
  readonly kafka: Readonly<Record<string, string>>;
  readonly registry: readonly RegistryUser[];
  readonly redis: { readonly user: string; readonly password: string };
}

const ISSUER = 'https://id.example';
const AUDIENCE = 'kafka';
const START_DEADLINE_MS = 120_000;

/**
 * All services as local processes with TLS and with users, for tests. Valkey's wheel is built without TLS, so that a proxy
 * stands before it, as in many installations.
 */
export async function startSecured(secrets: Secrets): Promise<SecuredServices> {
  const folder = mkdtempSync(join(tmpdir(), 'zoner-secured-'));
  const processes: ProcessIdentity[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map(stopProcess));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return await startIn(folder, secrets, processes, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startIn(
  folder: string,
  secrets: Secrets,
  processes: ProcessIdentity[],
  stop: () => Promise<void>,
): Promise<SecuredServices> {
  const ours = await createAuthority(folder, 'ours');
  const theirs = await createAuthority(folder, 'theirs');
  const [good, expired] = [await ours.issue('good'), await ours.issue('expired', -1)];
  const identity = await identityProvider(folder);
  const context = (name: string): StartContext => {
    mkdirSync(join(folder, name));
    const signal = AbortSignal.timeout(START_DEADLINE_MS);
    return { folder: join(folder, name), signal, onProcess: (each) => processes.push(each) };
  };
  const [registryTls = 0, ...free] = await freePorts(DOORS.length + 1);
  const ports = byDoor((_, index) => free[index] ?? 0);
  const users = { admin: 'admin', passwords: secrets.kafka };
  const security = { ports, good, expired, users, jwks: identity.jwks, issuer: ISSUER, audience: AUDIENCE };
  const starts = await Promise.allSettled([
    startKafka(findKafka(process.env), context('kafka'), securedKafka(security)),
    startRegistry(
      findRegistry(process.env),
      context('registry'),
      securedRegistry(registryTls, good, secrets.registry, identity.publicKey),
    ),
    startRedis(findValkey(process.env), context('redis'), ['--aclfile', accessList(folder, secrets.redis)]),
    startSnowflake(context('snowflake'), ['--public-key', identity.snowflakePublicKey]),
  ]);
  // Each is waited for, so that whoever stops them all knows of each.
  const [kafka = {}, registry = {}, redis = {}, snowflake = {}] = starts.map((start) => {
    if (start.status === 'rejected') throw start.reason;
    return start.value.env;
  });
  const portOf = (url: string | undefined): number => Number(new URL(url ?? '').port);
  const [registryPort, redisPort] = [portOf(registry.SCHEMA_REGISTRY_URL), portOf(redis.REDIS_URL)];
  const snowflakePort = portOf(snowflake.SNOWFLAKE_ACCESS_URL);
  const fronts = await Promise.all([
    tlsFront(registryPort, expired),
    tlsFront(redisPort, good),
    tlsFront(redisPort, expired),
    tlsFront(snowflakePort, good),
    tlsFront(snowflakePort, expired),
  ]);
  const [late, redisFront, redisLate, snowflakeFront, snowflakeLate] = fronts;
  const api = (port: number): string => `https://localhost:${port}/apis/ccompat/v7`;
  return {
    authority: ours.certificate,
    stranger: theirs.certificate,
    kafka: byDoor((door) => `localhost:${ports[door]}`),
    openKafka: kafka.KAFKA_BROKER ?? '',
    registry: { url: api(registryTls), expired: api(late.port), open: registry.SCHEMA_REGISTRY_URL ?? '' },
    redis: { url: `rediss://localhost:${redisFront.port}`, expired: `rediss://localhost:${redisLate.port}` },
    snowflake: {
      url: snowflake.SNOWFLAKE_ACCESS_URL ?? '',
      tls: `https://localhost:${snowflakeFront.port}`,
      expired: `https://localhost:${snowflakeLate.port}`,
      key: identity.snowflakeKey,
      otherKey: identity.otherKey,
    },
    token: identity.token,
    async stop() {
      await stop();
      await Promise.all(fronts.map((front) => front.close()));
    },
  };
}

function byDoor<Value>(make: (door: Door, index: number) => Value): Readonly<Record<Door, Value>> {
  return Object.fromEntries(DOORS.map((door, index) => [door, make(door, index)])) as Record<Door, Value>;
}

/** Settings of Quarkus: TLS, users with passwords and roles, and tokens that this key signed; nothing without either. */
function securedRegistry(
  port: number,
  { certificate, key }: Certificate,
  users: Secrets['registry'],
  publicKey: string,
): Readonly<Record<string, string | number>> {
  return {
    'quarkus.http.ssl-port': port,
    'quarkus.http.ssl.certificate.files': certificate,
    'quarkus.http.ssl.certificate.key-files': key,
    'quarkus.http.auth.permission.all.paths': '/apis/*',
    'quarkus.http.auth.permission.all.policy': 'authenticated',
    'quarkus.http.auth.basic': 'true',
    'quarkus.security.users.embedded.plain-text': 'true',
    ...Object.fromEntries(
      users.flatMap(({ user, password, role }) => [
        [`quarkus.security.users.embedded.users.${user}`, password],
        [`quarkus.security.users.embedded.roles.${user}`, role],
      ]),
    ),
    // A token of the identity provider has no roles, so that roles count only where all users have one that matters.
    'apicurio.auth.role-based-authorization': String(users.length > 1),
    'quarkus.oidc.tenant-enabled': 'true',
    'quarkus.oidc.public-key': publicKey,
  };
}

/** One user, who may not ask for the configuration, as with many managed services; and nobody without a name. */
function accessList(folder: string, { user, password }: Secrets['redis']): string {
  const path = join(folder, 'users.acl');
  writeFileSync(path, `user ${user} on >${password} ~* &* +@all -config\nuser default off\n`, {
    mode: 0o600,
  });
  return path;
}

/** Signs tokens for Kafka and the registry, and makes Snowflake's key pair. */
async function identityProvider(folder: string) {
  const pair = (): { publicKey: KeyObject; privateKey: KeyObject } =>
    generateKeyPairSync('rsa', { modulusLength: 2048 });
  const file = (name: string, text: string | Buffer): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const pkcs8 = (key: KeyObject): string | Buffer => key.export({ type: 'pkcs8', format: 'pem' });
  const tokens = pair();
  const snowflake = pair();
  const webKey = { ...(await exportJWK(tokens.publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };
  return {
    publicKey: createPublicKey(tokens.privateKey).export({ type: 'spki', format: 'der' }).toString('base64'),
    snowflakeKey: file('snowflake.p8', pkcs8(snowflake.privateKey)),
    snowflakePublicKey: file('snowflake.pub', snowflake.publicKey.export({ type: 'spki', format: 'pem' })),
    otherKey: file('other.p8', pkcs8(pair().privateKey)),
    jwks: file('jwks.json', JSON.stringify({ keys: [webKey] })),
    token: (subject: string, { audience = AUDIENCE }: { readonly audience?: string } = {}) =>
      new SignJWT({ scope: 'kafka' })
        .setProtectedHeader({ alg: 'RS256', kid: 'one' })
        .setSubject(subject)
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(tokens.privateKey),
  };
}
