import { fingerprint } from '#avro/fingerprint.ts';
import { memberOf } from '#avro/json-tree.ts';
import type { Field, RecordSchema } from '#avro/model.ts';
import { type Definition, readSchemaFiles } from '#avro/parse.ts';
import { type Problem, problemsError } from '#avro/problems.ts';
import { isRecord } from '#avro/union-form.ts';
import type { Contract } from '#contract/contract.ts';
import { type ContractFolder, readContractFolders } from '#contract/read-folder.ts';
import { registeredTypes } from '#contract/registered-types.ts';
import { type ContractSettings, type ReadSettings, readSettings } from '#contract/settings.ts';
import { topicNames } from '#contract/topic-names.ts';
import { ZonerError } from '#core/errors.ts';

/** A contract, and the file that said so. */
export interface LoadedContract {
  readonly contract: Contract;
  readonly settings: ReadSettings;
}

/**
 * Reads all contracts of a schemas folder, sorted by name.
 * @throws ZonerError SCHEMA_INVALID or CONTRACT_INVALID that lists everything wrong at `file:line:column`;
 * FILE_UNREADABLE
 */
export async function loadContracts(directory: string): Promise<readonly Contract[]> {
  return (await loadContractFiles(directory)).map(({ contract }) => contract);
}

/** The same, with their files, for those who judge what stands there. */
export async function loadContractFiles(directory: string): Promise<readonly LoadedContract[]> {
  return contractsIn(await readContractFolders(directory), directory);
}

/**
 * The same, of folders that were read already, from wherever.
 * @param directory in words, for the error if there are none
 */
export function contractsIn(
  folders: readonly ContractFolder[],
  directory: string,
): readonly LoadedContract[] {
  if (folders.length === 0) {
    throw new ZonerError('CONTRACT_INVALID', `there is no contract folder in ${directory}`, {
      remedy: 'Run: zoner contract new NAME',
    });
  }
  const schemas = readSchemaFiles(folders.flatMap((folder) => folder.schemas));
  const problems: Problem[] = [];
  const loaded = folders.flatMap((folder) => {
    const made = makeContract(folder, schemas.problems.length > 0 ? null : schemas.definitions);
    problems.push(...made.problems);
    return made.loaded === null ? [] : [made.loaded];
  });
  problems.push(...sharedNames(loaded.map(({ contract }) => contract)));
  if (schemas.problems.length > 0) throw problemsError('SCHEMA_INVALID', [...schemas.problems, ...problems]);
  if (problems.length > 0) throw problemsError('CONTRACT_INVALID', problems);
  return loaded;
}

interface Made {
  readonly loaded: LoadedContract | null;
  readonly problems: readonly Problem[];
}

/** It stands in comments of generated files and in import paths. */
const FOLDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** `definitions` is null if a schema is broken: then only the contract itself can be judged. */
function makeContract(folder: ContractFolder, definitions: readonly Definition[] | null): Made {
  const file = `${folder.name}/contract.json`;
  const fail = (message: string): Made => ({
    loaded: null,
    problems: [{ position: { file, line: 1, column: 1 }, message }],
  });
  if (!FOLDER_NAME.test(folder.name)) {
    return fail('the name of a contract folder has only letters, digits, dots, dashes and underscores');
  }
  if (folder.settings === null) {
    return fail('there is no contract.json in this folder; it needs topic, key, compatibility and table');
  }
  const read = readSettings(folder.settings, file);
  if (read.settings === null) return { loaded: null, problems: read.problems };
  const rootFile = `${folder.name}/${folder.name}.avsc`;
  if (!folder.schemas.some((each) => each.file === rootFile))
    return fail(`there is no root schema ${rootFile}`);
  if (definitions === null) return { loaded: null, problems: [] };
  const root = definitions.find((each) => each.file === rootFile);
  if (root === undefined || !isRecord(root.schema))
    return fail(`the root schema ${rootFile} must be a record`);
  const problems = fieldProblems(read, read.settings, root.schema);
  const named = definitions.filter((each) => 'fullName' in each.schema);
  const registration = registeredTypes(root, `${read.settings.topic}-value`, named);
  return {
    loaded: {
      contract: contractOf(folder.name, read.settings, root.schema, registration.types),
      settings: read,
    },
    problems: [...problems, ...registration.problems],
  };
}

function contractOf(
  name: string,
  settings: ContractSettings,
  root: RecordSchema,
  types: Contract['types'],
): Contract {
  const { topic, key, partitions, retentionDays, compatibility, acceptSubjects, table, waivers, raises } =
    settings;
  return {
    name,
    topic,
    key,
    id: settings.id ?? null,
    time: settings.time ?? null,
    person: settings.person ?? null,
    protection: settings.protection ?? null,
    partitions,
    retentionDays,
    compatibility,
    acceptSubjects,
    table,
    owner: settings.owner ?? null,
    waivers,
    raises,
    subject: `${topic}-value`,
    root,
    types,
    fingerprint: fingerprint(root),
  };
}

/** `key`, `id`, `time` and `person` must name fields of the root that can do that work. */
function fieldProblems(
  { tree }: ReadSettings,
  settings: ContractSettings,
  root: RecordSchema,
): readonly Problem[] {
  const problems: Problem[] = [];
  const check = (
    role: 'key' | 'id' | 'time' | 'person',
    fits: (field: Field) => boolean,
    needed: string,
  ): void => {
    const name = settings[role];
    const node = tree.root === null ? undefined : memberOf(tree.root, role);
    if (name === undefined || node === undefined) return;
    const field = root.fields.find((each) => each.name === name);
    const position = tree.positionOf(node);
    if (field === undefined)
      problems.push({ position, message: `${role}: ${root.name} has no field ${name}` });
    else if (!fits(field)) problems.push({ position, message: `${role}: ${name} must be ${needed}` });
  };
  const isString = ({ schema }: Field): boolean => schema.type === 'string';
  check('key', isString, 'a string');
  check('id', isString, 'a string');
  check('person', isString, 'a string');
  check(
    'time',
    ({ schema }) => schema.type === 'long' && schema.logicalType?.name.startsWith('timestamp-') === true,
    'a timestamp',
  );
  return problems;
}

/** Two contracts cannot share a topic, be it one of those named after the other's, or a table. */
function sharedNames(contracts: readonly Contract[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [index, contract] of contracts.entries()) {
    const refuse = (message: string): void => {
      problems.push({ position: { file: `${contract.name}/contract.json`, line: 1, column: 1 }, message });
    };
    const topics = new Set(Object.values(topicNames(contract.topic)));
    for (const other of contracts.slice(0, index)) {
      const shared = Object.values(topicNames(other.topic)).find((topic) => topics.has(topic));
      if (shared !== undefined) refuse(`topic ${shared} belongs to ${other.name} already`);
      // People write names of tables in any case, and Snowflake then takes them for upper case.
      if (other.table.toUpperCase() === contract.table.toUpperCase())
        refuse(`table ${contract.table} belongs to ${other.name} already`);
    }
  }
  return problems;
}
