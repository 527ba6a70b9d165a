/**
 * The local Snowflake as a process; it is not the real one, and for demo and tests only.
 *
 * Usage: node snowflake/local/main.ts [--host ADDRESS] [--port N] [--data FILE] [--public-key FILE]
 * Prints one line of JSON with its URL when it listens, on 127.0.0.1 if no host is given. SIGTERM and SIGINT end it. With a public key
 * (PEM) only its owner is let in; otherwise everybody.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openEngine } from '#snowflake/local/engine.ts';
import { createKeyPairCheck } from '#snowflake/local/key-pair.ts';
import { serve } from '#snowflake/local/server.ts';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    data: { type: 'string' },
    'public-key': { type: 'string' },
  },
});
const engine = await openEngine(values.data ?? null);
const key = values['public-key'];
const keyPair = key === undefined ? null : createKeyPairCheck(readFileSync(key, 'utf8'));
const server = await serve(engine, Number(values.port), keyPair, values.host);
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, async () => {
    await server.close();
    engine.close();
    process.exit(0);
  });
}
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
