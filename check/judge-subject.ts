import type { NamedSchema } from '#avro/model.ts';
import type { Change } from '#check/diff/change.ts';
import { SAME } from '#check/diff/change.ts';
import { diffSchemas } from '#check/diff/diff.ts';
import { CHECK_RULES, type CheckRule } from '#check/rules.ts';
import type { WireDirection } from '#check/verdict.ts';
import { type Incompatibility, wireVerdict } from '#check/wire/compatibility.ts';
import { promiseOf } from '#check/wire/level.ts';
import type { CompatibilityLevel } from '#contract/contract.ts';

/** A version to compare with. */
export interface BaselineVersion {
  /** In words: `version 3`, `main at 1a2b3c4`. */
  readonly label: string;
  /** The registry's id; null outside of a registry. */
  readonly id: number | null;
  readonly schema: NamedSchema;
  readonly fingerprint: string;
}

/** A change with what the wire says of it. */
export interface JudgedChange extends Omit<Change, 'rule'> {
  readonly rule: CheckRule;
  readonly wire: { readonly backward: WireDirection; readonly forward: WireDirection };
}

/** What one version has against one change, in one direction. */
interface Evidence {
  readonly version: BaselineVersion;
  readonly backward: readonly Incompatibility[];
  readonly forward: readonly Incompatibility[];
}

interface Found {
  readonly change: Omit<Change, 'rule'> & { readonly rule: CheckRule };
  readonly evidence: Evidence[];
}

/**
 * Everything that changed from the latest version, and whatever an older version, if the level asks for all, has against
 * the new schema. Each incompatibility that Java finds belongs to one change.
 * @param versions oldest first
 */
export function judgeSubject(
  now: NamedSchema,
  versions: readonly BaselineVersion[],
  level: CompatibilityLevel,
): readonly JudgedChange[] {
  const asked = promiseOf(level);
  const latest = versions.at(-1);
  if (latest === undefined) return [];
  const found = new Map<string, Found>();
  for (const each of compareWith(latest, now)) found.set(keyOf(each.change), each);
  const older = asked.transitive ? versions.slice(0, -1) : [];
  // From the newest to the oldest, so that the oldest that breaks stands last.
  for (const version of older.toReversed()) {
    for (const each of compareWith(version, now)) {
      const known = found.get(keyOf(each.change));
      if (known !== undefined) known.evidence.push(...each.evidence);
      else if (isNews(each, version, latest, asked)) found.set(keyOf(each.change), each);
    }
  }
  return [...found.values()].map(({ change, evidence }) => ({
    ...change,
    wire: {
      backward: direction(evidence, 'backward', asked.backward),
      forward: direction(evidence, 'forward', asked.forward),
    },
  }));
}

function keyOf({ rule, at }: { readonly rule: string; readonly at: string }): string {
  return `${rule} ${at}`;
}

/** All changes against one version, with the verdicts of Java that belong to each. */
function compareWith(version: BaselineVersion, now: NamedSchema): readonly Found[] {
  const changes = new Map<string, Change>();
  for (const change of diffSchemas(version.schema, now)) {
    const known = changes.get(keyOf(change));
    changes.set(keyOf(change), known === undefined ? change : together(known, change));
  }
  const found: Found[] = [...changes.values()].map((change) => ({
    change,
    evidence: [{ version, backward: [], forward: [] }],
  }));
  assign(found, version, now, 'backward');
  assign(found, version, now, 'forward');
  return found;
}

/** Two branches that a union got, for instance, are one row. */
function together(one: Change, other: Change): Change {
  if (one.message === other.message) return one;
  return {
    ...one,
    message: `${one.message}; ${other.message}`,
    nodes: [...new Set([...one.nodes, ...other.nodes])],
  };
}

function assign(
  found: Found[],
  version: BaselineVersion,
  now: NamedSchema,
  side: 'backward' | 'forward',
): void {
  const [reader, writer] = side === 'backward' ? [now, version.schema] : [version.schema, now];
  const verdict = wireVerdict(reader, writer);
  const incompatibilities: readonly (Omit<Incompatibility, 'type'> & { readonly type: string })[] =
    verdict.verdict === 'AMBIGUOUS'
      ? [{ type: 'AMBIGUOUS_ALIAS', location: '/', message: verdict.message, reader: verdict.field, writer }]
      : verdict.incompatibilities;
  for (const each of incompatibilities) {
    const owner = ownerOf(found, each) ?? addUnexplained(found, each, version, now);
    const evidence = owner.evidence[0];
    if (evidence !== undefined)
      owner.evidence[0] = { ...evidence, [side]: [...evidence[side], each as Incompatibility] };
  }
}

/** The change of both nodes, as of one branch of a union; otherwise that of the reader's. */
function ownerOf(
  found: readonly Found[],
  { reader, writer }: Pick<Incompatibility, 'reader' | 'writer'>,
): Found | undefined {
  const near = found.filter(({ change }) => change.nodes.includes(reader));
  return (
    near.find(({ change }) => change.nodes.includes(writer)) ??
    near[0] ??
    ownerInBranch(found, reader, writer)
  );
}

/** Java says of a union only that no branch takes a record: why the branch of that name does not, its parts say. */
function ownerInBranch(
  found: readonly Found[],
  reader: Incompatibility['reader'],
  writer: Incompatibility['writer'],
): Found | undefined {
  if (!('branches' in reader) || !('fields' in writer)) return undefined;
  const branch = reader.branches.find((each) => 'fields' in each && each.name === writer.name);
  if (branch === undefined) return undefined;
  const verdict = wireVerdict(branch, writer);
  if (verdict.verdict !== 'INCOMPATIBLE') return undefined;
  return verdict.incompatibilities.map((each) => ownerOf(found, each)).find((owner) => owner !== undefined);
}

/** What no change explains is still told, under the name that Java gives it. */
function addUnexplained(
  found: Found[],
  { type, message, reader }: { type: string; message: string; reader: Incompatibility['reader'] },
  version: BaselineVersion,
  now: NamedSchema,
): Found {
  const name = 'name' in reader ? reader.name : reader.type;
  const made: Found = {
    change: {
      rule: type as CheckRule,
      at: `${now.name}.${name}`,
      // A reader that came from a registry has no file; the change was made in the new schema.
      position: reader.position.file === null ? now.position : reader.position,
      rootField: null,
      nested: true,
      message,
      remedy: 'Undo the change, or register the schema under a new subject.',
      typescript: SAME,
      nodes: [reader],
    },
    evidence: [{ version, backward: [], forward: [] }],
  };
  found.push(made);
  return made;
}

/** An older version's word counts if it breaks a promise, or if its values change and the latest did not change them. */
function isNews(
  { change, evidence }: Found,
  version: BaselineVersion,
  latest: BaselineVersion,
  asked: { readonly backward: boolean; readonly forward: boolean },
): boolean {
  const breaks = evidence.some(
    ({ backward, forward }) =>
      (asked.backward && backward.length > 0) || (asked.forward && forward.length > 0),
  );
  if (breaks) return true;
  if (CHECK_RULES[change.rule].weight !== 'breaking') return false;
  const before = diffSchemas(version.schema, latest.schema).map(keyOf);
  return !before.includes(keyOf(change));
}

function direction(
  evidence: readonly Evidence[],
  side: 'backward' | 'forward',
  asked: boolean,
): WireDirection {
  const broken = evidence.filter((each) => each[side].length > 0);
  const oldest = broken.at(-1);
  const incompatibilities = (oldest?.[side] ?? []).map(({ type, location, message }) => ({
    type,
    location,
    message,
  }));
  return {
    compatible: broken.length === 0,
    asked,
    brokenBy: oldest === undefined ? null : { version: oldest.version.label, id: oldest.version.id },
    incompatibilities,
  };
}
