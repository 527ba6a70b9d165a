import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** Lets in who signs with one private key, and nobody else. */
export interface KeyPairCheck {
  /** True for what the driver says when it signs in with that key: see Snowflake's "Key-pair authentication". */
  admits(login: Readonly<Record<string, unknown>>, now: number): boolean;
}

/** @param pem a public RSA key */
export function createKeyPairCheck(pem: string): KeyPairCheck {
  const key = createPublicKey(pem);
  const print = fingerprintOf(key);
  return {
    admits(login, now) {
      const claims = login.AUTHENTICATOR === 'SNOWFLAKE_JWT' ? claimsOf(String(login.TOKEN), key) : null;
      if (claims === null || typeof claims.iss !== 'string' || typeof claims.sub !== 'string') return false;
      const user = String(login.LOGIN_NAME).toUpperCase();
      const isOwn = claims.sub.endsWith(`.${user}`) && claims.iss === `${claims.sub}.${print}`;
      return isOwn && typeof claims.exp === 'number' && claims.exp * 1000 > now;
    },
  };
}

/** As `DESC USER` shows it in RSA_PUBLIC_KEY_FP. */
function fingerprintOf(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`;
}

/** The claims of a token that this key's owner signed (RS256); null for any other. */
function claimsOf(token: string, key: KeyObject): Readonly<Record<string, unknown>> | null {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) return null;
  return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
}
