import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Refusal } from '#api/problem.ts';
import type { ApiAuth } from '#core/config.ts';

/** Who asks. */
export interface Principal {
  /** Null: nobody is asked for a token here, and everyone may do everything. */
  readonly userId: string | null;
  readonly scopes: ReadonlySet<string>;
  /** Until when, in milliseconds since 1970; null: for ever. */
  readonly expiresAt: number | null;
}

/** Says who sends this token, or refuses it. @throws Refusal 401, or 503 where the keys cannot be fetched */
export type Authenticate = (token: string | null) => Promise<Principal>;

/** Lets a service act for everyone. */
export const SCOPE_READ = 'zoner:read';
export const SCOPE_WRITE = 'zoner:write';

/** Of a server that asks for no token. */
export const ANYONE: Principal = { userId: null, scopes: new Set(), expiresAt: null };
/** Each kind of key has its own algorithms: a public key must never be taken for the secret of an HMAC (RFC 8725, §2.1). */
const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const SYMMETRIC = ['HS256', 'HS384', 'HS512'];
const CLOCK_TOLERANCE_SECONDS = 5;

/** For JSON Web Tokens by a shared secret or by published keys; null for a server that asks for none. */
export function createAuthenticate(auth: ApiAuth | null): Authenticate {
  if (auth === null) return async () => ANYONE;
  const isShared = 'secret' in auth.key;
  const secret = 'secret' in auth.key ? new TextEncoder().encode(auth.key.secret) : null;
  const published = 'jwksUrl' in auth.key ? createRemoteJWKSet(new URL(auth.key.jwksUrl)) : null;
  const key: JWTVerifyGetKey = async (header, token) => {
    if (secret !== null) return secret;
    if (published === null) throw new Error('a key is neither shared nor published');
    return published(header, token);
  };
  const options = {
    algorithms: isShared ? SYMMETRIC : ASYMMETRIC,
    requiredClaims: ['sub', 'exp'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    ...(auth.issuer === null ? {} : { issuer: auth.issuer }),
    ...(auth.audience === null ? {} : { audience: auth.audience }),
  };
  return async (token) => {
    if (token === null) throw unauthenticated('A bearer token is needed.');
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, key, options));
    } catch (error) {
      throw refusalOf(error);
    }
    if (typeof payload.sub !== 'string' || payload.sub === '')
      throw unauthenticated('The token names nobody.');
    const scope = typeof payload.scope === 'string' ? payload.scope.split(' ') : [];
    const expiresAt = payload.exp === undefined ? null : (payload.exp + CLOCK_TOLERANCE_SECONDS) * 1000;
    return { userId: payload.sub, scopes: new Set(scope), expiresAt };
  };
}

/** @throws Refusal 403 unless the person asks for themselves or has the scope to act for others */
export function requireUser({ userId, scopes }: Principal, wanted: string, scope: string): void {
  if (userId === null || userId === wanted || scopes.has(scope)) return;
  throw new Refusal(403, `This token is for somebody else; it would need the scope ${scope}.`);
}

/** The token of `Authorization: Bearer …`; of the cookie `zoner_token`, so that a browser can open a page; or null. */
export function tokenOf(
  {
    authorization,
    cookie,
  }: { readonly authorization?: string | undefined; readonly cookie?: string | undefined },
  acceptsCookie: boolean,
): string | null {
  const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  if (!acceptsCookie) return null;
  return /(?:^|; *)zoner_token=([A-Za-z0-9._-]+)(?:;|$)/.exec(cookie ?? '')?.[1] ?? null;
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return unauthenticated('The token has expired.');
  const isUnreachable =
    error instanceof errors.JWKSTimeout ||
    (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') ||
    !(error instanceof errors.JOSEError);
  if (isUnreachable)
    return new Refusal(503, 'The keys that tokens are checked with cannot be fetched.', {
      headers: { 'retry-after': '5' },
    });
  return unauthenticated('The token is not valid here.');
}

function unauthenticated(detail: string): Refusal {
  return new Refusal(401, detail, { headers: { 'www-authenticate': 'Bearer realm="zoner"' } });
}
