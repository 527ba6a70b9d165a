import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { messageOf, ZonerError } from '#core/errors.ts';
import type { Metrics } from '#metrics/metrics.ts';

/** Whether a process makes progress, and whether it does what it is there for; with the reasons. */
export interface Report {
  readonly live: boolean;
  readonly ready: boolean;
}

/**
 * `GET /live` and `GET /ready` answer 200 or 503, with the reasons as JSON; `GET /metrics` is for Prometheus. Nothing here
 * is about a person. It listens on all addresses, because probes come from outside.
 * @throws ZonerError USAGE if the port cannot be had
 */
export async function serveHealth(
  port: number,
  report: () => Report | Promise<Report>,
  metrics: Pick<Metrics, 'text' | 'contentType'>,
): Promise<{ close(): Promise<void> }> {
  const answer = async ({ url }: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (url === '/metrics') {
      const text = await metrics.text();
      response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
      return;
    }
    const health = await report();
    const answers: Readonly<Record<string, boolean>> = { '/live': health.live, '/ready': health.ready };
    const fine = answers[url ?? ''];
    response.writeHead(fine === undefined ? 404 : fine ? 200 : 503, { 'content-type': 'application/json' });
    const paths = [...Object.keys(answers), '/metrics'];
    response.end(`${JSON.stringify(fine === undefined ? { paths } : health)}\n`);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new ZonerError('USAGE', `--health-port ${port}: ${messageOf(error)}`, { cause: error })),
    );
    server.listen(port, resolve);
  });
  return {
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
