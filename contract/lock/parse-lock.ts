import { Ajv2020 } from 'ajv/dist/2020.js';
import { getNodeValue, type Node } from 'jsonc-parser';
import { type JsonTree, memberOf, membersOf, parseJsonTree } from '#avro/json-tree.ts';
import { type Problem, problemsError } from '#avro/problems.ts';
import type { CompatibilityLevel } from '#contract/contract.ts';
import { jsonProblems } from '#contract/json-problems.ts';
import schema from '#contract/lock/lock.schema.json' with { type: 'json' };
import {
  LOCK_FILE,
  type LockedReference,
  type LockedSubject,
  type RegistryLock,
} from '#contract/lock/lock.ts';

interface LockJson {
  readonly subjects: Readonly<
    Record<
      string,
      {
        readonly level?: CompatibilityLevel;
        readonly versions: readonly {
          readonly version: number;
          readonly fingerprint: string;
          readonly references?: readonly LockedReference[];
          readonly schema: string;
        }[];
      }
    >
  >;
  readonly environments: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

const validate = new Ajv2020({ allErrors: true, strict: true }).compile<LockJson>(schema);

/**
 * Reads the text of a lock. Schemas are parsed by those who need them: see `locked-schemas.ts`.
 * @throws ZonerError LOCK_INVALID that lists everything wrong at `file:line:column`
 */
export function parseLock(text: string, file: string = LOCK_FILE): RegistryLock {
  const conflict = text.split('\n').findIndex((line) => /^(<{7}|={7}|>{7})/.test(line));
  if (conflict >= 0) {
    const position = { file, line: conflict + 1, column: 1 };
    throw problemsError('LOCK_INVALID', [{ position, message: 'an unresolved merge conflict' }]);
  }
  const tree = parseJsonTree(text, file);
  if (tree.root === null) throw problemsError('LOCK_INVALID', tree.problems);
  const json: unknown = getNodeValue(tree.root);
  if (!validate(json)) {
    throw problemsError('LOCK_INVALID', jsonProblems(tree, tree.root, validate.errors ?? [], 'the lock'));
  }
  const lock = lockOf(json);
  const problems = linkProblems(lock, tree, tree.root);
  if (problems.length > 0) throw problemsError('LOCK_INVALID', problems);
  return lock;
}

function lockOf(json: LockJson): RegistryLock {
  const subjects = Object.entries(json.subjects).map(([subject, { level, versions }]) => {
    const locked: LockedSubject = {
      level: level ?? null,
      versions: versions.map(({ schema: schemaText, references = [], ...rest }) => ({
        ...rest,
        references,
        text: schemaText,
      })),
    };
    return [subject, locked] as const;
  });
  const environments = Object.entries(json.environments).map(([name, held]) => {
    const bySubject = Object.entries(held).map(([subject, ids]) => {
      const byVersion = Object.entries(ids).map(([version, id]) => [Number(version), id] as const);
      return [subject, new Map(byVersion)] as const;
    });
    return [name, new Map(bySubject)] as const;
  });
  return { subjects: new Map(subjects), environments: new Map(environments) };
}

/** What a schema of JSON cannot say: versions ascend, and what is referred to is there. */
function linkProblems(lock: RegistryLock, tree: JsonTree, root: Node): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (node: Node, message: string): void => {
    problems.push({ position: tree.positionOf(node), message });
  };
  const holds = (subject: string, version: number): boolean =>
    lock.subjects.get(subject)?.versions.some((each) => each.version === version) === true;
  for (const { key: subject, value } of membersOf(memberOf(root, 'subjects') ?? root)) {
    let last = 0;
    for (const node of memberOf(value, 'versions')?.children ?? []) {
      const version = Number(memberOf(node, 'version')?.value);
      if (version <= last) refuse(node, `version ${version} of ${subject} comes after version ${last}`);
      last = version;
      for (const reference of memberOf(node, 'references')?.children ?? []) {
        const [to, number] = ['subject', 'version'].map((key) => memberOf(reference, key)?.value);
        if (!holds(String(to), Number(number))) refuse(reference, `version ${number} of ${to} is not here`);
      }
    }
  }
  for (const { key: name, value } of membersOf(memberOf(root, 'environments') ?? root)) {
    for (const { key: subject, value: ids } of membersOf(value)) {
      for (const { key: version, value: id } of membersOf(ids))
        if (!holds(subject, Number(version)))
          refuse(id, `${name} has an id for version ${version} of ${subject}, which is not here`);
    }
  }
  return problems;
}
