import type { FastifyInstance } from 'fastify';

/** Longer than a request waits for the broker. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 50;

/**
 * Lets requests that were begun come to their end when the server closes, and keeps no connection open after them: a
 * client that keeps its connection alive would otherwise keep the server alive. After 15 s what is left is cut.
 */
export function closeGracefully(app: FastifyInstance): void {
  app.addHook('preClose', async () => {
    const deadline = performance.now() + PATIENCE_MS;
    const timer = setInterval(() => {
      if (performance.now() > deadline) app.server.closeAllConnections();
      else app.server.closeIdleConnections();
    }, LOOK_MS);
    app.server.once('close', () => clearInterval(timer));
    // A server that never listened has nothing to close.
    if (!app.server.listening) clearInterval(timer);
  });
}
