import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import type { RegistryConfig } from '#core/config.ts';
import { messageOf, ZonerError } from '#core/errors.ts';
import { tlsError } from '#core/tls-error.ts';

export interface RegistryAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface RegistryHttp {
  /**
   * One request. The answer is one of a registry: a success, or an absence (404 with a code of 404xx).
   * @throws ZonerError REGISTRY_UNAVAILABLE for all that may pass: no connection, no answer in time, 408, 429, 5xx, an
   * answer that is no registry's; REGISTRY_AUTH for 401 and 403; TLS_REFUSED; REGISTRY_REFUSED for what the registry says no to
   */
  ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<RegistryAnswer>;
}

const TLS = {
  service: 'The registry',
  authority: 'SCHEMA_REGISTRY_CA_PATH',
  address: 'SCHEMA_REGISTRY_URL',
};
const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';

/** @param timeoutMs for one request, its answer's body included */
export function createRegistryHttp(config: RegistryConfig, timeoutMs: number): RegistryHttp {
  const headers: Record<string, string> = { accept: `${CONTENT_TYPE}, application/json` };
  if (config.auth !== null) headers.authorization = authorizationOf(config.auth);
  const ca = config.caPath === null ? null : readAuthority(config.caPath);
  return {
    async ask(method, path, body) {
      const doing = `${method} ${path}`;
      const { status, text } = await exchange(`${config.url}${path}`, doing, {
        method,
        headers: body === undefined ? headers : { ...headers, 'content-type': CONTENT_TYPE },
        body: body === undefined ? null : JSON.stringify(body),
        timeoutMs,
        ca,
      });
      return judge(status, text, doing);
    },
  };
}

/** @throws ZonerError FILE_UNREADABLE */
export function readAuthority(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ZonerError('FILE_UNREADABLE', `cannot read SCHEMA_REGISTRY_CA_PATH: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function authorizationOf(auth: NonNullable<RegistryConfig['auth']>): string {
  if ('token' in auth) return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.user}:${auth.password}`, 'utf8').toString('base64')}`;
}

interface Request {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
  /** PEM; null for the authorities that Node trusts. */
  readonly ca: Buffer | null;
}

/** Not by fetch, which takes no certificate authority of its own. */
async function exchange(
  url: string,
  doing: string,
  { method, headers, body, timeoutMs, ca }: Request,
): Promise<{ status: number; text: string }> {
  const secure = url.startsWith('https:');
  const timeout = AbortSignal.timeout(timeoutMs);
  const options = { method, headers, signal: timeout, ...(ca === null ? {} : { ca }) };
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = (secure ? requestHttps : requestHttp)(url, options, resolve);
      request.on('error', reject);
      request.end(body ?? undefined);
    });
    return { status: response.statusCode ?? 0, text: await textOf(response) };
  } catch (error) {
    const refused = tlsError(error, TLS);
    if (refused !== null) throw refused;
    // Never the URL, which may hold a password.
    const reason = timeout.aborted ? 'no answer in time' : reasonOf(error);
    throw new ZonerError('REGISTRY_UNAVAILABLE', `The registry cannot be reached (${doing}): ${reason}.`, {
      cause: error,
    });
  }
}

/** A refused connection to a name with several addresses has its reasons inside. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (message !== '' || !(error instanceof AggregateError)) return message;
  return error.errors.map(messageOf).join(', ');
}

function judge(status: number, text: string, doing: string): RegistryAnswer {
  const body = jsonOf(text);
  const said = registryMessageOf(body);
  const context = { status };
  if (status === 401 || status === 403) {
    const what = status === 401 ? 'does not accept the credentials' : 'does not allow this';
    throw new ZonerError('REGISTRY_AUTH', `The registry ${what} (${doing}: ${status}).`, { context });
  }
  if (status === 408 || status === 429 || status >= 500) {
    const message = `The registry answers ${status} (${doing})${said === null ? '' : `: ${said.message}`}.`;
    throw new ZonerError('REGISTRY_UNAVAILABLE', message, { context });
  }
  if (status < 300 && body !== undefined) return { status, body };
  if (status === 404 && said !== null && Math.floor(said.code / 100) === 404) return { status, body };
  if (said !== null && status !== 404) {
    throw new ZonerError('REGISTRY_REFUSED', `The registry refuses (${doing}: ${status}): ${said.message}`, {
      context: { status, code: said.code },
      ...(status === 409 ? { remedy: 'zoner check --registry says what is incompatible, and where.' } : {}),
      ...(status === 422
        ? { remedy: 'The registry does not take this schema or level; it says why above.' }
        : {}),
    });
  }
  throw new ZonerError(
    'REGISTRY_UNAVAILABLE',
    `The answer is not that of a schema registry (${doing}: ${status}).`,
    { context, remedy: 'Check SCHEMA_REGISTRY_URL, its path too: something else answers there.' },
  );
}

/** Undefined for text that is no JSON object or array: a web page, or an answer that was cut off. */
function jsonOf(text: string): object | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

function registryMessageOf(body: object | undefined): { message: string; code: number } | null {
  if (body === undefined || !('error_code' in body) || !('message' in body)) return null;
  return { message: String(body.message), code: Number(body.error_code) };
}
