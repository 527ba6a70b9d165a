import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, openLab } from '#snowflake/local/lab.ts';

/** A command as a user starts it, against a Snowflake with TLS that is reached only by way of a proxy with a password. */

const PROGRAM = fileURLToPath(new URL('../cli/zoner.ts', import.meta.url));
const PASSWORD = 'p@ss/word';
const CREDENTIALS = `Basic ${Buffer.from(`ann:${PASSWORD}`).toString('base64')}`;

let lab: Lab;
let secured: TlsServer;
let proxy: Server;
let folder = '';
const tunnels: string[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  lab = await openLab();
  folder = mkdtempSync(join(tmpdir(), 'zoner-proxy-'));
  // An authority and a certificate of it: with one that signed itself the driver's check of revocation never ends.
  const make = (name: string, ...more: readonly string[]): void => {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...more];
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  make('authority', '-subj', '/CN=authority');
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  make('server', ...names, '-CA', 'authority.pem', '-CAkey', 'authority.key');
  const pem = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const plain = Number(new URL(lab.server.url).port);
  secured = createTlsServer({ key: pem('server.key'), cert: pem('server.pem') }, (client) => {
    splice(client, connect(plain, '127.0.0.1'));
  });
  proxy = createHttpServer((_, response) => response.writeHead(405).end());
  proxy.on('connect', (request, client: Socket) => {
    if (request.headers['proxy-authorization'] !== CREDENTIALS) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    tunnels.push(request.url ?? '');
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    splice(client, connect(portOf(secured), '127.0.0.1'));
  });
  for (const server of [secured, proxy])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  secured.close();
  proxy.closeAllConnections();
  proxy.close();
  await lab.close();
  rmSync(folder, { recursive: true });
});

const portOf = (server: Server | TlsServer): number => (server.address() as AddressInfo).port;

function splice(one: Socket, other: Socket): void {
  for (const socket of [one, other]) {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  }
  one.pipe(other).pipe(one);
}

function query(password: string): Promise<{ readonly code: number; readonly out: string }> {
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'),
    // The certificate names nobody who could be asked, so the check is over at once; this keeps it off the network.
    SF_OCSP_RESPONSE_CACHE_SERVER_ENABLED: 'false',
    SNOWFLAKE_ACCOUNT: 'acme',
    SNOWFLAKE_USER: 'u',
    SNOWFLAKE_PASSWORD: 'p',
    SNOWFLAKE_ACCESS_URL: 'https://localhost:4433',
    SNOWFLAKE_PROXY: `http://ann:${encodeURIComponent(password)}@127.0.0.1:${portOf(proxy)}`,
    SNOWFLAKE_STATEMENT_TIMEOUT: '5',
  };
  const args = [PROGRAM, 'snowflake', 'query', 'SELECT 1 AS X', '--format', 'csv'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: `${stdout}${stderr}` });
    });
  });
}

test('everything goes through the proxy of SNOWFLAKE_PROXY, with its credentials', async () => {
  expect(await query(PASSWORD)).toEqual({ code: 0, out: 'X\n1\n' });
  expect(new Set(tunnels)).toEqual(new Set(['localhost:4433']));
});
