import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contractsFolder } from '#cli/options.ts';
import type { Shell } from '#cli/shell.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import { scaffold } from '#contract/scaffold.ts';
import { topicNames } from '#contract/topic-names.ts';
import { messageOf, ZonerError } from '#core/errors.ts';

export interface NewContractOptions {
  readonly schemas: string;
  readonly namespace?: string;
  readonly key: string;
}

/**
 * Writes the folder of a new contract, whole or not at all, and prints a line a file.
 * @throws ZonerError USAGE if there is one of that name, topic or table; whatever is wrong with the other contracts
 */
export async function newContract(shell: Shell, name: string, options: NewContractOptions): Promise<void> {
  const schemas = contractsFolder(shell, options);
  const folder = join(schemas, name);
  const others = await loadOthers(schemas);
  const taken = others.find(({ topic }) =>
    Object.values(topicNames(topic)).includes(name.replaceAll('-', '_')),
  );
  if (existsSync(folder) || taken !== undefined)
    throw new ZonerError('USAGE', `there is a contract ${taken?.name ?? name} already`);
  const { namespace, key } = options;
  const files = scaffold(
    { name, namespace: namespace ?? null, key, settingsSchema: settingsSchemaFrom(shell, folder) },
    others,
  );
  await writeFolder(folder, files);
  for (const file of files.keys()) shell.print(`written   ${options.schemas}/${name}/${file}`);
}

/** The contracts that are there; a folder that is missing, or holds nothing but generated files, has none. */
export async function loadOthers(schemas: string): Promise<readonly Contract[]> {
  if (!existsSync(schemas)) return [];
  try {
    return await loadContracts(schemas);
  } catch (error) {
    if (error instanceof ZonerError && error.message.startsWith('there is no contract folder')) return [];
    throw error;
  }
}

/** Writes the files of a contract's folder, whole or not at all. @throws ZonerError FILE_UNREADABLE */
export async function writeFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const staged = `${folder}.new`;
  try {
    await mkdir(staged, { recursive: true });
    for (const [file, text] of files) await writeFile(join(staged, file), text);
    await rename(staged, folder);
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    throw new ZonerError('FILE_UNREADABLE', `cannot write ${folder}: ${messageOf(error)}`, { cause: error });
  }
}

/** Where editors find what contract.json may say, if that is in the repository or its dependencies. */
function settingsSchemaFrom(shell: Shell, folder: string): string | null {
  const file = fileURLToPath(new URL('../contract/contract.schema.json', import.meta.url));
  const below = relative(shell.directory, file);
  if (below.startsWith('..')) return null;
  return relative(folder, file).split(sep).join('/');
}
