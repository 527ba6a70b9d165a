import type { DesiredTopic } from '#kafka/topics-desired.ts';

/** A topic as the broker has it. */
export interface ActualTopic {
  readonly name: string;
  readonly partitions: number;
  /** Every setting, with the broker's defaults where the topic has none of its own. */
  readonly settings: ReadonlyMap<string, string>;
}

export interface ActualTopics {
  readonly brokers: number;
  readonly topics: ReadonlyMap<string, ActualTopic>;
}

interface Described {
  readonly topic: string;
  /** One line for people. */
  readonly description: string;
}

export type TopicChange =
  | (Described & {
      readonly kind: 'create-topic';
      readonly partitions: number;
      readonly replicas: number;
      readonly settings: ReadonlyMap<string, string>;
    })
  | (Described & { readonly kind: 'add-partitions'; readonly partitions: number })
  | (Described & { readonly kind: 'alter-settings'; readonly settings: ReadonlyMap<string, string> });

export interface TopicsPlan {
  /** In the order in which they are to be made. */
  readonly changes: readonly TopicChange[];
  /** What differs and does no harm: more partitions, or a longer retention, than the contract asks for. */
  readonly notes: readonly Described[];
  /** What differs and cannot be put right without losing records: `applyTopics` refuses. */
  readonly refusals: readonly Described[];
}

/** Days that a reader of a topic has to find in it again, and who that is. */
export type RetentionNeeds = ReadonlyMap<string, { readonly days: number; readonly reader: string }>;

const DAY_MS = 86_400_000n;
const DEFAULT_MAX_MESSAGE_BYTES = 1_048_588n;
const LETTER_HEADERS_BYTES = 65_536n;

/**
 * What to do so that the cluster has the topics the contracts want. Pure. Never deletes a topic or a record: settings
 * that only keep more than is asked for stay.
 */
export function planTopics(
  desired: readonly DesiredTopic[],
  actual: ActualTopics,
  needs: RetentionNeeds = new Map(),
): TopicsPlan {
  const plan = { changes: [] as TopicChange[], notes: [] as Described[], refusals: [] as Described[] };
  for (const topic of desired) {
    const refusal = tooShort(topic, needs);
    if (refusal !== null) plan.refusals.push(refusal);
    const settings = settingsOf(topic, actual);
    const found = actual.topics.get(topic.name);
    if (found === undefined) plan.changes.push(creation(topic, settings, actual.brokers));
    else compare(topic, settings, found, plan);
  }
  return plan;
}

function tooShort({ name, retentionMs }: DesiredTopic, needs: RetentionNeeds): Described | null {
  const need = needs.get(name);
  if (need === undefined || retentionMs === null || retentionMs >= BigInt(need.days) * DAY_MS) return null;
  const kept = retentionMs / DAY_MS;
  const description = `${name}: contract.json keeps ${kept} days, and ${need.reader} need ${need.days}: set retentionDays`;
  return { topic: name, description };
}

function settingsOf(topic: DesiredTopic, actual: ActualTopics): ReadonlyMap<string, string> {
  const settings = new Map<string, string>([['cleanup.policy', topic.cleanup]]);
  if (topic.cleanup === 'delete') settings.set('retention.ms', (topic.retentionMs ?? -1n).toString());
  if (topic.holdsRecordsOf !== null) {
    const source = actual.topics.get(topic.holdsRecordsOf)?.settings.get('max.message.bytes');
    const largest = source === undefined ? DEFAULT_MAX_MESSAGE_BYTES : BigInt(source);
    settings.set('max.message.bytes', (largest + LETTER_HEADERS_BYTES).toString());
  }
  return settings;
}

function creation(
  topic: DesiredTopic,
  settings: ReadonlyMap<string, string>,
  brokers: number,
): Extract<TopicChange, { kind: 'create-topic' }> {
  const replicas = brokers >= 3 ? 3 : 1;
  const all = new Map([...settings, ...(replicas === 3 ? [['min.insync.replicas', '2'] as const] : [])]);
  const copies = replicas === 1 ? '' : `, ${replicas} replicas`;
  return {
    kind: 'create-topic',
    topic: topic.name,
    partitions: topic.partitions,
    replicas,
    settings: all,
    description: `create ${topic.name}: ${count(topic.partitions)}${copies}, ${retention(topic)}`,
  };
}

function compare(
  topic: DesiredTopic,
  settings: ReadonlyMap<string, string>,
  actual: ActualTopic,
  plan: { changes: TopicChange[]; notes: Described[]; refusals: Described[] },
): void {
  const { name } = topic;
  const say = (description: string): Described => ({ topic: name, description: `${name}: ${description}` });
  if (actual.partitions < topic.partitions) {
    plan.changes.push({
      kind: 'add-partitions',
      partitions: topic.partitions,
      ...say(`${actual.partitions} -> ${count(topic.partitions)}; new records of a key may go elsewhere`),
    });
  } else if (actual.partitions > topic.partitions) {
    plan.notes.push(say(`has ${count(actual.partitions)}, the contract asks for ${topic.partitions}`));
  }
  const altered = new Map<string, string>();
  for (const [setting, wanted] of settings) {
    const found = actual.settings.get(setting);
    const verdict = judge(setting, wanted, found);
    if (verdict === 'alter') altered.set(setting, wanted);
    if (verdict === 'note') plan.notes.push(say(`${setting} is ${found}, more than the ${wanted} asked for`));
    if (verdict === 'refuse') plan.refusals.push(say(`${setting} is ${found} and not ${wanted}`));
  }
  if (altered.size === 0) return;
  const words = [...altered].map(
    ([setting, wanted]) => `${setting} ${actual.settings.get(setting) ?? 'unset'} -> ${wanted}`,
  );
  plan.changes.push({ kind: 'alter-settings', settings: altered, ...say(words.join(', ')) });
}

/** Changing how a topic is cleaned, or shortening what it keeps, deletes records: a person does that by hand. */
function judge(
  setting: string,
  wanted: string,
  found: string | undefined,
): 'same' | 'alter' | 'note' | 'refuse' {
  if (found === wanted) return 'same';
  if (found === undefined) return 'alter';
  if (setting === 'cleanup.policy') return 'refuse';
  if (setting === 'max.message.bytes') return BigInt(found) < BigInt(wanted) ? 'alter' : 'same';
  const forEver = (text: string): boolean => BigInt(text) < 0n;
  if (forEver(found)) return 'note';
  return forEver(wanted) || BigInt(found) < BigInt(wanted) ? 'alter' : 'note';
}

const count = (partitions: number): string => `${partitions} partition${partitions === 1 ? '' : 's'}`;

function retention({ cleanup, retentionMs }: DesiredTopic): string {
  if (cleanup === 'compact') return 'compacted';
  return retentionMs === null ? 'kept for ever' : `kept ${retentionMs / DAY_MS} days`;
}
