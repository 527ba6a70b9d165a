import { Ajv2020 } from 'ajv/dist/2020.js';
import { getNodeValue } from 'jsonc-parser';
import { type JsonTree, parseJsonTree } from '#avro/json-tree.ts';
import type { Position } from '#avro/model.ts';
import type { Problem } from '#avro/problems.ts';
import schema from '#contract/contract.schema.json' with { type: 'json' };
import type { CompatibilityLevel, Protection, Waiver } from '#contract/contract.ts';
import { jsonProblems, nodeAt } from '#contract/json-problems.ts';

/** What `contract.json` says, with its defaults. */
export interface ContractSettings {
  readonly topic: string;
  readonly key: string;
  readonly id?: string;
  readonly time?: string;
  readonly person?: string;
  readonly protection?: Protection;
  readonly partitions: number;
  readonly retentionDays: number;
  readonly compatibility: CompatibilityLevel;
  readonly acceptSubjects: readonly string[];
  readonly table: string;
  readonly owner?: string;
  readonly waivers: readonly Waiver[];
  readonly raises: readonly Waiver[];
}

export interface ReadSettings {
  /** Null if there are problems. */
  readonly settings: ContractSettings | null;
  readonly tree: JsonTree;
  readonly problems: readonly Problem[];
}

const validate = new Ajv2020({ allErrors: true, useDefaults: true, strict: true }).compile<ContractSettings>(
  schema,
);

/** Reads the text of a `contract.json`; `contract.schema.json` is the one description of what it may say. */
export function readSettings(text: string, file: string): ReadSettings {
  const tree = parseJsonTree(text, file);
  if (tree.root === null) return { settings: null, tree, problems: tree.problems };
  const { root } = tree;
  // Not JSON.parse, which refuses the comments that the tree allows.
  const json: unknown = getNodeValue(root);
  if (validate(json)) return { settings: json, tree, problems: [] };
  return { settings: null, tree, problems: jsonProblems(tree, root, validate.errors ?? [], 'the contract') };
}

/** What a `contract.json` may say. */
export const SETTINGS: readonly string[] = Object.keys(schema.properties);

/** Where a setting stands, or an item of it; where the file begins if it is not there. */
export function positionOfSetting({ tree }: ReadSettings, setting: string, index?: number): Position {
  const pointer = index === undefined ? `/${setting}` : `/${setting}/${index}`;
  return tree.root === null
    ? { file: null, line: 1, column: 1 }
    : tree.positionOf(nodeAt(tree.root, pointer));
}
