import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { serveHealth } from '#cli/health-server.ts';
import { freePorts } from '#stack/ports.ts';

const METRICS = { text: async () => 'zoner_ready 1\n', contentType: 'text/plain; version=0.0.4' };

test.each([
  [{ live: true, ready: true }, 200, 200],
  [{ live: true, ready: false }, 200, 503],
  [{ live: false, ready: false }, 503, 503],
])('%j answers %d to whether it lives and %d to whether it is ready', async (report, live, ready) => {
  const [port = 0] = await freePorts(1);
  const server = await serveHealth(port, () => report, METRICS);
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return [answer.status, await answer.text()];
  };
  expect(await ask('/live')).toEqual([live, `${JSON.stringify(report)}\n`]);
  expect((await ask('/ready'))[0]).toBe(ready);
  expect(await ask('/metrics')).toEqual([200, 'zoner_ready 1\n']);
  expect(await ask('/')).toEqual([404, '{"paths":["/live","/ready","/metrics"]}\n']);
  await server.close();
  await expect(fetch(`http://127.0.0.1:${port}/live`)).rejects.toThrow();
});

test('a port that somebody else has is refused, by the name of the option', async () => {
  const other = createServer();
  const [port = 0] = await freePorts(1);
  await new Promise<void>((resolve) => other.listen(port, resolve));
  await expect(serveHealth(port, () => ({ live: true, ready: true }), METRICS)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining(`--health-port ${port}`),
  });
  other.close();
});
