import type { FastifyRequest } from 'fastify';
import { Refusal } from '#api/problem.ts';

/** Names under which this machine reaches itself. */
export const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** Whether only this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host) || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * Refuses requests for other host names: a page of another site whose name was made to point at this machine (DNS
 * rebinding) would otherwise read what a server without authentication tells.
 */
export function hostGuard(hosts: ReadonlySet<string> | null): (request: FastifyRequest) => Promise<void> {
  return async ({ headers }) => {
    if (hosts === null) return;
    const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    if (!hosts.has(name))
      throw new Refusal(421, 'This server answers only to the name of the machine that it runs on.');
  };
}
