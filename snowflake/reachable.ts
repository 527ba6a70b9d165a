import { connect, isIP } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { SnowflakeConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { type TlsSettings, tlsError } from '#core/tls-error.ts';

/** The driver trusts whom Node trusts. */
export const SNOWFLAKE_TLS: TlsSettings = {
  service: 'Snowflake',
  authority: 'NODE_EXTRA_CA_CERTS',
  address: 'SNOWFLAKE_ACCESS_URL',
};

/** Answers of the system that no waiting changes soon: nothing listens there, or there is no such host. */
const DEFINITE = new Set(['ECONNREFUSED', 'ENOTFOUND']);
const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/**
 * Opens and closes one connection to where the driver will go, because the driver itself tries a refused address, and a
 * certificate for another host, again for more than a minute before it says so. Only for an address that is named and
 * reached without a proxy.
 * @param patienceMs after which the question is left to the driver
 * @throws ZonerError WAREHOUSE_UNAVAILABLE when nothing listens there, or the host has no address; TLS_REFUSED
 */
export async function refuseUnreachable(config: SnowflakeConfig, patienceMs = 5000): Promise<void> {
  if (config.accessUrl === null || config.proxy !== undefined) return;
  if (PROXY_VARIABLES.some((name) => process.env[name])) return;
  const url = new URL(config.accessUrl);
  const error = await connectError(url, patienceMs);
  if (error === null) return;
  const refused = url.protocol === 'https:' ? tlsError(error, SNOWFLAKE_TLS) : null;
  if (refused !== null) throw refused;
  const { code = '' } = error;
  if (!DEFINITE.has(code)) return;
  const says = code === 'ENOTFOUND' ? 'there is no such host' : 'nothing listens there';
  throw new ZonerError(
    'WAREHOUSE_UNAVAILABLE',
    `connecting to Snowflake at ${url.origin}: ${says} (${code})`,
  );
}

/** Why no connection, or no handshake, came about; null when one did, or patience ended. */
function connectError(
  { hostname, port, protocol }: URL,
  patienceMs: number,
): Promise<NodeJS.ErrnoException | null> {
  const isSecure = protocol === 'https:';
  const where = { host: hostname, port: Number(port || (isSecure ? 443 : 80)), timeout: patienceMs };
  return new Promise((resolve) => {
    const socket = isSecure
      ? connectSecurely({ ...where, ...(isIP(hostname) === 0 ? { servername: hostname } : {}) })
      : connect(where);
    const end = (error: NodeJS.ErrnoException | null): void => {
      socket.destroy();
      resolve(error);
    };
    socket.once(isSecure ? 'secureConnect' : 'connect', () => end(null));
    socket.once('timeout', () => end(null));
    // With several addresses of one host the code is that of all of them together.
    socket.once('error', end);
  });
}
