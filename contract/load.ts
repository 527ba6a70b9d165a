import { fingerprint } from '#avro/fingerprint.ts';
import { memberOf } from '#avro/json-tree.ts';
import type { Field, NamedSchema, RecordSchema } from '#avro/model.ts';
import { type Definition, parseSchemaFiles } from '#avro/parse.ts';
import { type Problem, problemsError } from '#avro/problems.ts';
import { isRecord } from '#avro/union-form.ts';
import type { Contract } from '#contract/contract.ts';
import { type ContractFolder, readContractFolders } from '#contract/read-folder.ts';
import { registeredTypes } from '#contract/registered-types.ts';
import { type ContractSettings, type ReadSettings, readSettings } from '#contract/settings.ts';
import { ZonerError } from '#core/errors.ts';

/**
 * Reads all contracts of a schemas folder, sorted by name.
 * @throws ZonerError SCHEMA_INVALID or CONTRACT_INVALID that lists everything wrong at `file:line:column`;
 * FILE_UNREADABLE
 */
export async function loadContracts(directory: string): Promise<readonly Contract[]> {
  const folders = await readContractFolders(directory);
  if (folders.length === 0) {
    throw new ZonerError('CONTRACT_INVALID', `there is no contract folder in ${directory}`);
  }
  const definitions = parseSchemaFiles(folders.flatMap(({ schemas }) => schemas));
  const problems: Problem[] = [];
  const contracts = folders.flatMap((folder) => {
    const made = makeContract(folder, definitions);
    problems.push(...made.problems);
    return made.contract === null ? [] : [made.contract];
  });
  problems.push(...sharedNames(contracts));
  if (problems.length > 0) throw problemsError('CONTRACT_INVALID', problems);
  return contracts;
}

interface Made {
  readonly contract: Contract | null;
  readonly problems: readonly Problem[];
}

function makeContract(folder: ContractFolder, definitions: readonly Definition[]): Made {
  const file = `${folder.name}/contract.json`;
  const fail = (message: string): Made => ({
    contract: null,
    problems: [{ position: { file, line: 1, column: 1 }, message }],
  });
  if (folder.settings === null) {
    return fail('there is no contract.json in this folder; it needs topic, key, compatibility and table');
  }
  const read = readSettings(folder.settings, file);
  if (read.settings === null) return { contract: null, problems: read.problems };
  const rootFile = `${folder.name}/${folder.name}.avsc`;
  const root = definitions.find((each) => each.file === rootFile);
  if (root === undefined) return fail(`there is no root schema ${rootFile}`);
  if (!isRecord(root.schema)) return fail(`the root schema ${rootFile} must be a record`);
  const problems = fieldProblems(read, read.settings, root.schema);
  if (problems.length > 0) return { contract: null, problems };
  return { contract: contractOf(folder.name, read.settings, root, root.schema, definitions), problems: [] };
}

function contractOf(
  name: string,
  settings: ContractSettings,
  root: Definition,
  schema: RecordSchema,
  definitions: readonly Definition[],
): Contract {
  const { topic, key, partitions, retentionDays, compatibility, acceptSubjects, table, waivers } = settings;
  const subject = `${topic}-value`;
  const named = definitions.filter((each) => 'fullName' in each.schema);
  return {
    name,
    topic,
    key,
    id: settings.id ?? null,
    time: settings.time ?? null,
    partitions,
    retentionDays,
    compatibility,
    acceptSubjects,
    table,
    owner: settings.owner ?? null,
    waivers,
    subject,
    root: schema,
    types: registeredTypes(root, subject, named),
    fingerprint: fingerprint(schema satisfies NamedSchema),
  };
}

/** `key`, `id` and `time` must name fields of the root that can do that work. */
function fieldProblems(
  { tree }: ReadSettings,
  settings: ContractSettings,
  root: RecordSchema,
): readonly Problem[] {
  const problems: Problem[] = [];
  const check = (role: 'key' | 'id' | 'time', fits: (field: Field) => boolean, needed: string): void => {
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
  check(
    'time',
    ({ schema }) => schema.type === 'long' && schema.logicalType?.name.startsWith('timestamp-') === true,
    'a timestamp',
  );
  return problems;
}

/** Two contracts cannot share a topic or a table. */
function sharedNames(contracts: readonly Contract[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const role of ['topic', 'table'] as const) {
    const first = new Map<string, Contract>();
    for (const contract of contracts) {
      const other = first.get(contract[role]);
      if (other === undefined) first.set(contract[role], contract);
      else {
        const position = { file: `${contract.name}/contract.json`, line: 1, column: 1 };
        problems.push({ position, message: `${role} ${contract[role]} belongs to ${other.name} already` });
      }
    }
  }
  return problems;
}
