import type { FastifyRequest } from 'fastify';
import type { Principal } from '#api/authentication.ts';
import { Refusal } from '#api/problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; or why that is not known, which is said only after the rate limit has counted the request. */
    principal: Principal | Refusal;
  }
  interface FastifyContextConfig {
    /** Answers without a token. */
    readonly open?: boolean;
  }
}

/** Who asks. @throws Refusal if that is not known */
export function principalOf({ principal }: FastifyRequest): Principal {
  if (principal instanceof Refusal) throw principal;
  return principal;
}
