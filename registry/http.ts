import type { RegistryConfig } from '#core/config.ts';
import { messageOf, ZonerError } from '#core/errors.ts';

export interface RegistryAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface RegistryHttp {
  /**
   * One request. The answer is one of a registry: a success, or an absence (404 with a code of 404xx).
   * @throws ZonerError REGISTRY_UNAVAILABLE for all that may pass: no connection, no answer in time, 408, 429, 5xx, an
   * answer that is no registry's; REGISTRY_AUTH for 401 and 403; REGISTRY_REFUSED for what the registry says no to
   */
  ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<RegistryAnswer>;
}

const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';

/** @param timeoutMs for one request, its answer's body included */
export function createRegistryHttp(config: RegistryConfig, timeoutMs: number): RegistryHttp {
  const headers: Record<string, string> = { accept: `${CONTENT_TYPE}, application/json` };
  if (config.auth !== null) headers.authorization = authorizationOf(config.auth);
  return {
    async ask(method, path, body) {
      const doing = `${method} ${path}`;
      const { status, text } = await exchange(`${config.url}${path}`, doing, {
        method,
        headers: body === undefined ? headers : { ...headers, 'content-type': CONTENT_TYPE },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return judge(status, text, doing);
    },
  };
}

function authorizationOf(auth: NonNullable<RegistryConfig['auth']>): string {
  if ('token' in auth) return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.user}:${auth.password}`, 'utf8').toString('base64')}`;
}

async function exchange(
  url: string,
  doing: string,
  init: RequestInit,
): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, init);
    return { status: response.status, text: await response.text() };
  } catch (error) {
    // The message of fetch itself may hold the URL, and that a password; its cause names the reason.
    const cause = error instanceof Error ? error.cause : undefined;
    const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
    const reason = timedOut
      ? 'no answer in time'
      : cause === undefined
        ? 'the request failed'
        : messageOf(cause);
    throw new ZonerError('REGISTRY_UNAVAILABLE', `The registry cannot be reached (${doing}): ${reason}.`, {
      cause,
    });
  }
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
    throw new ZonerError('REGISTRY_REFUSED', `The registry refuses (${doing}): ${said.message}`, {
      context: { status, code: said.code },
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
