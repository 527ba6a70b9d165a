import type { LedgerEntry } from '#consumer/letter-status.ts';
import { headerReader } from '#consumer/origin.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import type { TopicNames } from '#contract/topic-names.ts';
import { readEntry } from '#dead-letters/ledger-entry.ts';
import { type LetterPlace, readLetter } from '#dead-letters/letter.ts';

/**
 * - open: refused, and nothing has been done about it since
 * - waiting: sent to the retry topic, and no consumer has said anything of it yet
 * - resolved: a row by now
 * - parked, discarded: a person, or five attempts, have decided so
 */
export const STATES = ['open', 'waiting', 'resolved', 'parked', 'discarded'] as const;
export type LetterState = (typeof STATES)[number];

/** What is known of one dead letter: little, because all of them are held in memory. */
export interface KnownLetter {
  readonly id: string;
  /** Where its newest letter stands; null if it is retained no longer. */
  readonly at: LetterPlace | null;
  /** When that was written, in milliseconds since 1970; 0 without a letter. */
  readonly writtenAt: number;
  /** How often the record was refused. */
  readonly attempts: number;
  /** The attempts of its newest record on the retry topic; 0 if there is none. */
  readonly sent: number;
  readonly state: LetterState;
  /** The letter is parked at so many attempts; null: the default. */
  readonly parkAt: number | null;
}

interface Facts {
  at: LetterPlace | null;
  writtenAt: number;
  attempts: number;
  sent: number;
  entry: Pick<LedgerEntry, 'state' | 'attempt' | 'parkAt'> | null;
  entryOffset: bigint;
}

/** What the topics of a contract say of its dead letters. */
type Topics = Pick<TopicNames, 'deadLetters' | 'status' | 'retry'>;

/**
 * The state of every dead letter, folded from three topics: the letters, the ledger, and what was sent to the retry topic.
 * Topics and partitions may come in any order among each other, and a record may come again. What stands on the retry
 * topic counts although the ledger does not say so: a replay may have been killed before it could.
 */
export class LetterBook {
  readonly #topics: Topics;
  readonly #facts = new Map<string, Facts>();

  constructor(topics: Topics) {
    this.#topics = topics;
  }

  /** @returns the id of the letter that it is about, or null */
  enter(record: KafkaRecord): string | null {
    switch (record.topic) {
      case this.#topics.deadLetters:
        return this.#enterLetter(record);
      case this.#topics.status:
        return this.#enterEntry(record);
      case this.#topics.retry:
        return this.#enterSent(record);
      default:
        return null;
    }
  }

  of(id: string): KnownLetter | null {
    const facts = this.#facts.get(id);
    if (facts === undefined) return null;
    const { at, writtenAt, attempts, sent, entry } = facts;
    const parkAt = entry?.parkAt ?? null;
    return { id, at, writtenAt, attempts, sent, state: stateOf(facts), parkAt };
  }

  *all(): Generator<KnownLetter> {
    for (const id of this.#facts.keys()) {
      const known = this.of(id);
      if (known !== null) yield known;
    }
  }

  /** Whether a letter at this place is the newest of its record. */
  isNewest(id: string, { partition, offset }: LetterPlace): boolean {
    const at = this.#facts.get(id)?.at;
    return at?.partition === partition && at.offset === offset;
  }

  #enterLetter(record: KafkaRecord): string | null {
    const letter = readLetter(record);
    if (letter === null) return null;
    const facts = this.#factsOf(letter.id);
    const { at, attempts, writtenAt } = letter;
    const isNewer =
      facts.at === null ||
      attempts > facts.attempts ||
      (attempts === facts.attempts && at.partition === facts.at.partition && at.offset > facts.at.offset);
    if (isNewer) Object.assign(facts, { at, attempts, writtenAt: Number(writtenAt) });
    return letter.id;
  }

  #enterEntry({ key, value, offset }: KafkaRecord): string | null {
    if (key === null) return null;
    const entry = value === null ? null : readEntry(value);
    if (value !== null && entry === null) return null;
    const id = Buffer.from(key).toString('utf8');
    const facts = this.#factsOf(id);
    // A group without commits may begin again at the first record.
    if (offset <= facts.entryOffset) return id;
    facts.entryOffset = offset;
    const { state, attempt, parkAt } = entry ?? {};
    facts.entry =
      state === undefined || attempt === undefined
        ? null
        : { state, attempt, ...(parkAt === undefined ? {} : { parkAt }) };
    return id;
  }

  #enterSent(record: KafkaRecord): string | null {
    const header = headerReader(record);
    const id = header('dlt.id');
    if (id === null) return null;
    const facts = this.#factsOf(id);
    const attempts = Number(header('dlt.attempts') ?? 1);
    if (Number.isSafeInteger(attempts)) facts.sent = Math.max(facts.sent, attempts);
    return id;
  }

  #factsOf(id: string): Facts {
    const known = this.#facts.get(id);
    if (known !== undefined) return known;
    const facts: Facts = { at: null, writtenAt: 0, attempts: 0, sent: 0, entry: null, entryOffset: -1n };
    this.#facts.set(id, facts);
    return facts;
  }
}

function stateOf({ entry, attempts, sent, at }: Facts): LetterState {
  if (entry?.state === 'RESOLVED') return 'resolved';
  if (entry?.state === 'PARKED') return 'parked';
  if (entry?.state === 'DISCARDED') return 'discarded';
  const replayed = Math.max(sent, entry?.state === 'REPLAYED' ? entry.attempt : 0);
  // Each refusal counts one up: a letter with more attempts than were sent has come back.
  return at !== null && attempts > replayed ? 'open' : 'waiting';
}
