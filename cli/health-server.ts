import { createServer } from 'node:http';
import type { HealthReport } from '#consumer/health.ts';
import { messageOf, ZonerError } from '#core/errors.ts';

/**
 * `GET /live` and `GET /ready` answer 200 or 503, with the reasons as JSON.
 * @throws ZonerError USAGE if the port cannot be had
 */
export async function serveHealth(
  port: number,
  report: () => HealthReport,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const health = report();
    const answers: Readonly<Record<string, boolean>> = { '/live': health.live, '/ready': health.ready };
    const fine = answers[request.url ?? ''];
    response.writeHead(fine === undefined ? 404 : fine ? 200 : 503, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(fine === undefined ? { paths: Object.keys(answers) } : health)}\n`);
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
