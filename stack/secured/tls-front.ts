import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificate } from '#stack/secured/certificates.ts';

/** TLS before a service of this machine that has none itself, as a proxy puts it there. */
export async function tlsFront(
  port: number,
  { certificate, key }: Certificate,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (outside) => {
    const inside = connect(port, '127.0.0.1');
    outside.pipe(inside).pipe(outside);
    outside.on('error', () => inside.destroy());
    inside.on('error', () => outside.destroy());
  });
  // A client that does not trust the certificate hangs up.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
