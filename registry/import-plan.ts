import { applyEdits, format } from 'jsonc-parser';
import type { NamedSchema, RecordSchema } from '#avro/model.ts';
import { namedTypesOf } from '#avro/named-types.ts';
import { shortName } from '#avro/names.ts';
import { parseSchema } from '#avro/parse.ts';
import { isRecord } from '#avro/union-form.ts';
import type { CompatibilityLevel } from '#contract/contract.ts';
import type { HeldSubject, HeldVersion } from '#contract/lock/merge-lock.ts';
import { upperSnake } from '#contract/warehouse-names.ts';
import { isZonerError } from '#core/errors.ts';

export interface ImportedContract {
  readonly name: string;
  readonly subject: string;
  /** By their name in the contract's folder. */
  readonly files: ReadonlyMap<string, string>;
}

export interface ImportPlan {
  readonly contracts: readonly ImportedContract[];
  /** Subjects that no contract was made of, and why. */
  readonly skipped: readonly { readonly subject: string; readonly reason: string }[];
}

const VALUE = '-value';

/**
 * The contracts that a registry's subjects amount to: one for each `<topic>-value` whose latest version is a record with
 * a string field that can be the key. Types of subjects of their own get files in the folder of the first contract that
 * refers to them. Pure.
 * @param fallback the level of subjects without one of their own
 */
export function planImport(held: readonly HeldSubject[], fallback: CompatibilityLevel): ImportPlan {
  const bySubject = new Map(held.map((each) => [each.subject, each]));
  const placed = new Set<string>();
  const contracts: ImportedContract[] = [];
  const skipped: { subject: string; reason: string }[] = [];
  for (const each of held.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))) {
    const { subject, level } = each;
    const latest = each.versions.at(-1);
    if (latest === undefined || !subject.endsWith(VALUE)) continue;
    const root = readRoot(latest, bySubject);
    if (typeof root === 'string') {
      skipped.push({ subject, reason: root });
      continue;
    }
    const topic = subject.slice(0, -VALUE.length);
    const name = kebab(topic);
    const settings = {
      topic,
      key: root.key,
      compatibility: level ?? fallback,
      table: upperSnake(topic.replace(/[^\p{L}\p{Nd}_]/gu, '_')),
    };
    const files = new Map([['contract.json', `${JSON.stringify(settings, null, 2)}\n`]]);
    files.set(`${name}.avsc`, pretty(latest.text));
    addReferences(latest, bySubject, placed, files);
    contracts.push({ name, subject, files });
  }
  const used = new Set([...placed, ...contracts.map(({ subject }) => subject)]);
  for (const { subject, versions } of held) {
    if (used.has(subject) || versions.length === 0 || skipped.some((each) => each.subject === subject))
      continue;
    const reason = subject.endsWith('-key')
      ? "the key is text of one of the value's fields; a schema of its own is not used"
      : 'no <topic>-value refers to it';
    skipped.push({ subject, reason });
  }
  return { contracts, skipped };
}

function readRoot(
  latest: HeldVersion,
  bySubject: ReadonlyMap<string, HeldSubject>,
): { readonly root: RecordSchema; readonly key: string } | string {
  try {
    const root = parseSchema(latest.text, { known: knownTo(latest, bySubject) });
    if (!isRecord(root)) return 'its schema is no record';
    const key = root.fields.find(({ schema }) => schema.type === 'string')?.name;
    return key === undefined ? 'no field is a string, so none can be the key' : { root, key };
  } catch (error) {
    if (!isZonerError(error, 'SCHEMA_INVALID')) throw error;
    return `its schema does not parse: ${error.message}`;
  }
}

function targetOf(
  { subject, version }: { readonly subject: string; readonly version: number },
  bySubject: ReadonlyMap<string, HeldSubject>,
): HeldVersion | undefined {
  return bySubject.get(subject)?.versions.find((each) => each.version === version);
}

function knownTo(
  { references }: HeldVersion,
  bySubject: ReadonlyMap<string, HeldSubject>,
): ReadonlyMap<string, NamedSchema> {
  const known = new Map<string, NamedSchema>();
  for (const reference of references) {
    const target = targetOf(reference, bySubject);
    if (target === undefined) continue;
    const schema = parseSchema(target.text, { known: knownTo(target, bySubject) });
    for (const type of namedTypesOf(schema)) known.set(type.fullName, type);
  }
  return known;
}

/** A type is defined once, whoever refers to it, in its latest version. */
function addReferences(
  { references }: HeldVersion,
  bySubject: ReadonlyMap<string, HeldSubject>,
  placed: Set<string>,
  files: Map<string, string>,
): void {
  for (const { subject, name } of references) {
    const target = bySubject.get(subject)?.versions.at(-1);
    if (target === undefined || placed.has(subject)) continue;
    placed.add(subject);
    const file = kebab(shortName(name));
    files.set(`${files.has(`${file}.avsc`) ? kebab(name) : file}.avsc`, pretty(target.text));
    addReferences(target, bySubject, placed, files);
  }
}

/** `user_activity` and `UserActivity` -> `user-activity`. */
function kebab(name: string): string {
  const words = upperSnake(name)
    .toLowerCase()
    .match(/[\p{L}\p{Nd}]+/gu) ?? ['contract'];
  return words.join('-');
}

/** Not by JSON.parse, which would cut long numbers short. */
function pretty(text: string): string {
  const edits = format(text, undefined, { insertSpaces: true, tabSize: 2, eol: '\n' });
  return `${applyEdits(text, edits).trimEnd()}\n`;
}
