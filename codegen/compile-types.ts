/** Compiles generated files with tsc as a stranger's repository would; for tests. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The strictest settings that there are, and no types but JavaScript's own. */
const STRICT = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  erasableSyntaxOnly: true,
  skipLibCheck: false,
  noEmit: true,
  types: [],
  lib: ['ES2022'],
  target: 'ES2022',
  module: 'NodeNext',
};

/** What tsc says about files, by their path; nothing if they are right. */
export function compileTypes(files: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'zoner-types-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICT }));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
    const tsc = join(dirname(typescript), 'bin', 'tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    return status === 0 ? '' : `tsc ended with ${status}\n${stdout}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
