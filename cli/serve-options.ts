import type { FastifyInstance } from 'fastify';
import type { Config } from '#core/config.ts';
import { messageOf, ZonerError } from '#core/errors.ts';

/** Where a server listens. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
}

/** @throws ZonerError CONFIG_INVALID where others could reach a server that asks for no token */
export async function refuseOpenHost({ apiAuth }: Config, host: string): Promise<void> {
  const { isLoopback } = await import('#api/host-guard.ts');
  if (apiAuth !== null || isLoopback(host)) return;
  throw new ZonerError('CONFIG_INVALID', `on ${host} others could read and write without a token`, {
    remedy: 'Set ZONER_API_JWT_SECRET or ZONER_API_JWKS_URL (see .env.example), or leave --host out.',
  });
}

/** @returns the address. @throws ZonerError USAGE */
export async function listen(app: FastifyInstance, { host, port }: ListenOptions): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    throw new ZonerError('USAGE', `cannot listen on ${host}:${port}: ${messageOf(error)}`, {
      remedy: 'Give another --host or --port.',
    });
  }
}
