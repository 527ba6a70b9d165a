import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Tools } from '#bench/second-opinion/tools.ts';
import { ZonerError } from '#core/errors.ts';

const PARSER = fileURLToPath(new URL('./sqlfluff_parse.py', import.meta.url));

/** Why sqlfluff's Snowflake dialect does not parse a text; null if it does. In the order of the texts. */
export async function askSqlfluff(
  { python }: Tools,
  statements: readonly string[],
): Promise<readonly (string | null)[]> {
  const child = spawn('python3', ['-W', 'ignore', PARSER], {
    env: { ...process.env, PYTHONPATH: python },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(statements.map(withoutBinds)));
  const answer = await text(child.stdout);
  if (answer === '') throw new ZonerError('STACK_START', 'sqlfluff does not start');
  return JSON.parse(answer) as readonly (string | null)[];
}

/** sqlfluff has no `?`: a text literal stands for it. Quoted names and texts are left alone. */
export function withoutBinds(sql: string): string {
  return sql.replace(/'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|\?/gs, (part) => (part === '?' ? "'?'" : part));
}
