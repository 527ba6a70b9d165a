import { connect } from 'node:net';
import type { SnowflakeConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';

/** Answers of the system that no waiting changes soon: nothing listens there, or there is no such host. */
const DEFINITE = new Set(['ECONNREFUSED', 'ENOTFOUND']);
const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/**
 * Opens and closes one TCP connection to where the driver will go, because the driver itself tries a refused address
 * again for more than a minute before it says so. Only for an address that is named and reached without a proxy.
 * @param patienceMs after which the question is left to the driver
 * @throws ZonerError WAREHOUSE_UNAVAILABLE when nothing listens there, or the host has no address
 */
export async function refuseUnreachable(config: SnowflakeConfig, patienceMs = 5000): Promise<void> {
  if (config.accessUrl === null || config.proxy !== undefined) return;
  if (PROXY_VARIABLES.some((name) => process.env[name])) return;
  const { hostname, port, protocol, origin } = new URL(config.accessUrl);
  const code = await connectCode(hostname, Number(port || (protocol === 'https:' ? 443 : 80)), patienceMs);
  if (code === null || !DEFINITE.has(code)) return;
  const says = code === 'ENOTFOUND' ? 'there is no such host' : 'nothing listens there';
  throw new ZonerError('WAREHOUSE_UNAVAILABLE', `connecting to Snowflake at ${origin}: ${says} (${code})`);
}

/** The system's code of why no connection came about; null when one did, or patience ended. */
function connectCode(host: string, port: number, patienceMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patienceMs });
    const end = (code: string | null): void => {
      socket.destroy();
      resolve(code);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end(null));
    // With several addresses of one host the code is that of all of them together.
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? null));
  });
}
