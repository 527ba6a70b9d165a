import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
  /** Key and certificate in one file, as Kafka wants them. */
  readonly both: string;
}

export interface Authority {
  /** The authority's own certificate, PEM. */
  readonly certificate: string;
  /** A certificate of its own for `localhost` alone, so that 127.0.0.1 is another host. `days` below 0: it has run out. */
  issue(name: string, days?: number): Promise<Certificate>;
}

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate authority for tests, by the `openssl` of this machine. */
export async function createAuthority(folder: string, name: string): Promise<Authority> {
  const file = (suffix: string): string => join(folder, `${name}${suffix}`);
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const [key, certificate, names] = [file('.key'), file('.pem'), file('.names')];
  await openssl(
    'req',
    '-x509',
    ...CURVE,
    '-keyout',
    key,
    '-out',
    certificate,
    '-subj',
    `/CN=${name}`,
    '-days',
    '30',
  );
  writeFileSync(names, 'subjectAltName=DNS:localhost\n');
  return {
    certificate,
    async issue(of, days = 30) {
      const own = { certificate: file(`-${of}.pem`), key: file(`-${of}.key`), both: file(`-${of}-both.pem`) };
      const request = file(`-${of}.csr`);
      await openssl('req', ...CURVE, '-keyout', own.key, '-out', request, '-subj', '/CN=localhost');
      const signing = ['-CA', certificate, '-CAkey', key, '-days', String(days), '-extfile', names];
      await openssl('x509', '-req', '-in', request, ...signing, '-out', own.certificate);
      await run('sh', ['-c', 'cat "$1" "$2" > "$3"', 'sh', own.key, own.certificate, own.both]);
      return own;
    },
  };
}
