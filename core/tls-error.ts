import { ZonerError } from '#core/errors.ts';

/** The variables of a service that a failed TLS handshake is about. */
export interface TlsSettings {
  /** For a person: "Kafka". */
  readonly service: string;
  /** The variable that names a private authority. */
  readonly authority: string;
  /** The variable that names the host. */
  readonly address: string;
}

/** Codes of OpenSSL and Node, as `node:tls` documents them, by what a person has to do about them. */
const MEANINGS: readonly (readonly [RegExp, string, (settings: TlsSettings) => string])[] = [
  [
    /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    'its certificate is out of date',
    () => 'Renew the certificate of the service, or set the clock of this machine right.',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'its certificate is for another host',
    ({ address }) => `Name the host in ${address} as its certificate does.`,
  ],
  [
    /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_)/,
    'nobody trusted has signed its certificate',
    ({ authority }) => `Set ${authority} to the certificate of its authority.`,
  ],
  [
    /^(EPROTO|ERR_SSL_)/,
    'there is no TLS, or another version of it',
    ({ address }) => `Check the port in ${address}, and whether the service speaks TLS there.`,
  ],
];

/**
 * What a failed TLS handshake means, found anywhere in the chain of causes; null if it was something else. Kafka, the
 * registry, Redis and Snowflake fail alike here, so it is said once.
 */
export function tlsError(error: unknown, settings: TlsSettings): ZonerError | null {
  for (const code of codesOf(error)) {
    const meaning = MEANINGS.find(([pattern]) => pattern.test(code));
    if (meaning === undefined) continue;
    const [, reason, remedy] = meaning;
    return new ZonerError('TLS_REFUSED', `${settings.service}: ${reason} (${code})`, {
      remedy: remedy(settings),
      cause: error,
    });
  }
  return null;
}

function codesOf(error: unknown, seen = new Set<unknown>()): readonly string[] {
  if (!(error instanceof Error) || seen.has(error)) return [];
  seen.add(error);
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  // A service that knows no TLS hangs up, which has a code of its own for no TLS only in its text.
  const own = error.message.includes('before secure TLS connection was established') ? ['EPROTO'] : code;
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return [...own, ...inner.flatMap((each) => codesOf(each, seen))];
}
