import { constants, copyFile, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFiles } from '#cli/codegen.ts';
import type { AddCommand } from '#cli/command.ts';
import { loadOthers, newContract } from '#cli/new-contract.ts';
import { contractsFolder } from '#cli/options.ts';
import type { Shell } from '#cli/shell.ts';
import { messageOf, ZonerError } from '#core/errors.ts';

/** What a repository needs besides its contracts; each is Zoner's own file. */
const COPIED = ['.env.example', 'stack/docker-compose.yml'] as const;

/** Secrets and what a local stack leaves must not get into git. */
const IGNORED = ['.zoner/', '.env', '.env.*', '!.env.example'];

interface Options {
  readonly schemas: string;
  readonly key: string;
}

/** `zoner init`: a repository of one's own, with a first contract. */
export const addInit: AddCommand = (program, shell) => {
  program
    .command('init')
    .argument('[contract]', 'name of the first contract; by default that of the folder')
    .option('--schemas <dir>', 'folder of the contracts', 'schemas')
    .option('--key <field>', "string field whose text is the record's key", 'subjectId')
    .action(async (contract: string | undefined, options: Options) => {
      const isNew =
        contract !== undefined || (await loadOthers(contractsFolder(shell, options))).length === 0;
      if (isNew) await newContract(shell, contract ?? nameOfFolder(shell.directory), options);
      for (const { path, state } of await writeFiles(shell, options))
        shell.print(`${state.padEnd(9)} ${options.schemas}/generated/${path}`);
      for (const file of COPIED) await copyOnce(shell, file);
      await ignore(shell);
      shell.tell('Edit the schema, then run: zoner codegen && zoner lint');
    });
};

/** `My App` -> `my-app`. */
function nameOfFolder(directory: string): string {
  const words =
    basename(directory)
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const name = words.join('-').replace(/^[0-9-]+/, '');
  return name === '' ? 'events' : name;
}

async function copyOnce(shell: Shell, path: string): Promise<void> {
  const from = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const file = basename(path);
  try {
    await copyFile(from, join(shell.directory, file), constants.COPYFILE_EXCL);
    shell.print(`written   ${file}`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
      throw unwritable(file, error);
    shell.print(`unchanged ${file}`);
  }
}

async function ignore(shell: Shell): Promise<void> {
  const path = join(shell.directory, '.gitignore');
  const before = await readFile(path, 'utf8').catch(() => '');
  const lines = before.split(/\r?\n/);
  const missing = IGNORED.filter((line) => !lines.includes(line));
  if (missing.length === 0) {
    shell.print('unchanged .gitignore');
    return;
  }
  const start = before === '' || before.endsWith('\n') ? before : `${before}\n`;
  await writeFile(path, `${start}${missing.join('\n')}\n`).catch((error: unknown) => {
    throw unwritable('.gitignore', error);
  });
  shell.print('written   .gitignore');
}

function unwritable(file: string, error: unknown): ZonerError {
  return new ZonerError('FILE_UNREADABLE', `cannot write ${file}: ${messageOf(error)}`, { cause: error });
}
