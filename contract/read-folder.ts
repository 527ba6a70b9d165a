import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, ZonerError } from '#core/errors.ts';

/** One folder of `schemas/`, read but not yet understood. */
export interface ContractFolder {
  readonly name: string;
  /** Null if there is no `contract.json`. */
  readonly settings: string | null;
  /** `user-activity/meal.avsc` and its text. */
  readonly schemas: readonly { readonly file: string; readonly text: string }[];
}

const GENERATED = 'generated';

/**
 * Reads the contract folders of a schemas folder, sorted by name. This is the only code that knows where files stand.
 * @throws ZonerError FILE_UNREADABLE
 */
export async function readContractFolders(directory: string): Promise<readonly ContractFolder[]> {
  const entries = await list(directory);
  const names = entries.filter(
    (entry) => entry.isDirectory() && entry.name !== GENERATED && !entry.name.startsWith('.'),
  );
  return Promise.all(names.map(({ name }) => readContractFolder(directory, name)));
}

/**
 * Sorts files into contract folders, as they would be read from disk. Paths are relative to the schemas folder; what
 * belongs to no contract is left out.
 */
export function groupFolders(
  files: readonly { readonly path: string; readonly text: string }[],
): readonly ContractFolder[] {
  const folders = new Map<string, { path: string; text: string }[]>();
  for (const file of files) {
    const [name = '', ...rest] = file.path.split('/');
    if (rest.length !== 1 || name === GENERATED || name.startsWith('.')) continue;
    folders.set(name, [...(folders.get(name) ?? []), file]);
  }
  return [...folders.keys()].sort().map((name) => {
    const own = (folders.get(name) ?? []).toSorted((a, b) => (a.path < b.path ? -1 : 1));
    return {
      name,
      settings: own.find(({ path }) => path === `${name}/contract.json`)?.text ?? null,
      schemas: own
        .filter(({ path }) => path.endsWith('.avsc'))
        .map(({ path, text }) => ({ file: path, text })),
    };
  });
}

async function readContractFolder(directory: string, name: string): Promise<ContractFolder> {
  const files = (await list(join(directory, name))).map((entry) => entry.name);
  const schemas = files.filter((file) => file.endsWith('.avsc'));
  return {
    name,
    settings: files.includes('contract.json') ? await read(join(directory, name, 'contract.json')) : null,
    schemas: await Promise.all(
      schemas.map(async (file) => ({
        file: `${name}/${file}`,
        text: await read(join(directory, name, file)),
      })),
    ),
  };
}

async function list(path: string) {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new ZonerError('FILE_UNREADABLE', `cannot read the folder ${path}: ${messageOf(error)}`, {
      cause: error,
      ...(isMissing && {
        remedy:
          'Run this in the folder that holds your contracts, name theirs with --schemas, or begin with: zoner init',
      }),
    });
  }
}

async function read(path: string): Promise<string> {
  try {
    // Wrong bytes would become other text, which nobody wrote.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    throw new ZonerError('FILE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}
