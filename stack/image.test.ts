import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');

/** The file of a name such as `#core/errors.ts`, by the `imports` of package.json. */
function fileOf(name: string): string {
  const generated = '#generated/';
  return name.startsWith(generated) ? `schemas/generated/${name.slice(generated.length)}` : name.slice(1);
}

/** What a module needs at run time, with all that it imports: files of the project, and packages. */
function needsOf(entry: string): {
  readonly files: ReadonlySet<string>;
  readonly packages: ReadonlySet<string>;
} {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const imports = read(file).matchAll(
      /^(?:import|export) (?!type )[^;]*?from '([^']+)'|import\('([^']+)'\)/gm,
    );
    for (const [, static_, dynamic] of imports) {
      const name = static_ ?? dynamic ?? '';
      if (name.startsWith('#')) visit(fileOf(name));
      else if (name.startsWith('.')) visit(join(dirname(file), name));
      else if (!name.startsWith('node:'))
        packages.add(
          name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : (name.split('/')[0] ?? ''),
        );
    }
  };
  visit(entry);
  return { files, packages };
}

test('the image of the local Snowflake has every file and package that its server imports', () => {
  const [, stage = ''] = read('Dockerfile').split(/^FROM .* AS local-snowflake$/m);
  const lines = stage.split(/^FROM /m)[0]?.split('\n') ?? [];
  const copied = lines.flatMap((line) => /^COPY (?:--from=\S+ \/app\/)?(\S+)/.exec(line)?.[1] ?? []);
  const isThere = (path: string): boolean =>
    copied.some((each) => path === each || path.startsWith(`${each}/`));
  const { files, packages } = needsOf('snowflake/local/main.ts');
  expect(packages).toContain('@duckdb/node-api');
  expect([...files].filter((file) => !isThere(file))).toEqual([]);
  expect([...packages].filter((name) => !isThere(`node_modules/${name}`))).toEqual([]);
});

test('the image of Zoner has every file that a command imports, and every package in its production dependencies', () => {
  const allowed = read('.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const { files, packages } = needsOf('cli/zoner.ts');
  expect(files).toContain('cli/consume.ts');
  const isAllowed = (file: string): boolean =>
    allowed.some((each) => file === each || file.startsWith(`${each}/`));
  expect([...files].filter((file) => !isAllowed(file))).toEqual([]);
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  // Containers for single services are what the lanes of tests start.
  expect([...packages].filter((name) => !(name in dependencies))).toEqual(['testcontainers']);
});
