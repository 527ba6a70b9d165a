import { schemaIdOf } from '#avro/frame.ts';
import { type Trouble, troubleOf } from '#console/section.ts';
import type { ErasedPlaces } from '#consumer/erased-places.ts';
import { skipReason } from '#consumer/partition.ts';
import type { KafkaRecord, OffsetRange, TopicOffsets, WriterSchema, WriterSchemas } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import { type Letter, readLetter } from '#dead-letters/letter.ts';
import type { KnownLetter, LetterBook } from '#dead-letters/letter-book.ts';
import { type LetterContent, letterContent } from '#dead-letters/letter-content.ts';
import type { Prover, Verdict } from '#dead-letters/prove.ts';

/** A record's row, without its values. */
export interface RecordRow {
  /** Milliseconds since 1970. */
  readonly loadedAt: number;
  readonly schemaId: number;
}

export interface RecordPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface LifeDeps {
  readonly contract: Contract;
  readonly offsets: TopicOffsets;
  readonly group: string;
  readonly writers: WriterSchemas;
  readonly prover: Prover;
  /** Null where the log holds no record at this offset. */
  readRecord(place: RecordPlace): Promise<KafkaRecord | null>;
  /** Null: no warehouse is set. */
  readonly findRows: ((table: string, place: RecordPlace) => Promise<readonly RecordRow[]>) | null;
  /** As they were surveyed last; null if they were not yet. */
  readonly letters: {
    readonly book: LetterBook;
    readonly erased: ErasedPlaces | null;
    readonly at: number;
  } | null;
  onDefect(error: unknown): void;
}

/** A question that one of the systems could not answer leaves its own part open, and no other. */
export type Answer<Value> = { readonly value: Value } | { readonly trouble: Trouble };

export interface FoundLetter {
  readonly known: KnownLetter;
  /** Null if it is retained no longer. */
  readonly letter: Letter | null;
  readonly verdict: Verdict | null;
}

/** The way of one record, as far as the systems tell. */
export interface RecordLife {
  readonly place: RecordPlace;
  readonly range: Answer<OffsetRange | null>;
  /** How far the group has come in the partition; null: it has read nothing. */
  readonly committed: Answer<bigint | null>;
  /** The record itself; null where it is not retained, not written, or no record. */
  readonly record: Answer<KafkaRecord | null>;
  readonly writer: WriterSchema | null;
  /** What it holds, personal data masked. */
  readonly content: LetterContent | null;
  readonly rows: Answer<readonly RecordRow[]> | null;
  readonly letter: Answer<FoundLetter | null>;
  /** Somebody asked for it to be forgotten: of what the topic may still retain, nothing is shown. */
  readonly isErased: boolean;
  /** When letters were surveyed, in milliseconds since 1970. */
  readonly lettersAt: number | null;
}

/** The states of an offset: as in `zoner reconcile`, the first that holds. */
export type Fate =
  | 'row'
  | 'erased'
  | 'letter'
  | 'skipped'
  | 'unread'
  | 'nowhere'
  | 'expired'
  | 'unwritten'
  | 'unknown';

/** Asks all systems at once. Reads only. */
export async function readLife(place: RecordPlace, deps: LifeDeps): Promise<RecordLife> {
  const { contract, offsets, group } = deps;
  const { topic, partition, offset } = place;
  const ask = <Value>(question: Promise<Value>): Promise<Answer<Value>> =>
    question.then(
      (value) => ({ value }),
      (error: unknown) => {
        const trouble = troubleOf(error);
        if (trouble.remedy === null) deps.onDefect(error);
        return { trouble };
      },
    );
  const range = await ask(offsets.ranges(topic).then((all) => all.get(partition) ?? null));
  const within = answerOf(range);
  const isRetained = within !== null && within !== undefined && offset >= within.low && offset < within.high;
  const [committed, record, rows, letter] = await Promise.all([
    ask(offsets.committed(group, topic).then((all) => all.get(partition) ?? null)),
    isRetained ? ask(deps.readRecord(place)) : { value: null },
    deps.findRows === null ? null : ask(deps.findRows(contract.table, place)),
    ask(findLetter(place, deps)),
  ]);
  const isErased = deps.letters?.erased?.has(place) === true;
  const found = isErased ? null : (answerOf(record) ?? null);
  const writer = found === null ? null : await writerOf(found, deps.writers).catch(() => null);
  // Before the letters are read, nobody knows whether it was erased.
  const content =
    found === null || deps.letters === null
      ? null
      : letterContent(found, contract, writer ?? undefined, false);
  const lettersAt = deps.letters?.at ?? null;
  return {
    place,
    range,
    committed,
    record: isErased ? { value: null } : record,
    writer,
    content,
    rows,
    letter,
    isErased,
    lettersAt,
  };
}

export function fateOf({ place, range, committed, record, rows, letter, isErased }: RecordLife): Fate {
  if (rows !== null && (answerOf(rows)?.length ?? 0) > 0) return 'row';
  if (isErased) return 'erased';
  if (answerOf(letter) != null) return 'letter';
  const within = answerOf(range);
  if (within != null && place.offset >= within.high) return 'unwritten';
  const found = answerOf(record);
  if (found != null && skipReason(found) !== null) return 'skipped';
  const isRead = (answerOf(committed) ?? 0n) > place.offset;
  if (within != null && place.offset >= within.low && 'value' in committed && !isRead) return 'unread';
  const isKnown =
    within != null && rows !== null && 'value' in rows && 'value' in letter && 'value' in record;
  if (!isKnown) return 'unknown';
  return place.offset < within.low ? 'expired' : 'nowhere';
}

export function answerOf<Value>(answer: Answer<Value>): Value | undefined {
  return 'value' in answer ? answer.value : undefined;
}

async function findLetter(place: RecordPlace, deps: LifeDeps): Promise<FoundLetter | null> {
  const { topic, partition, offset } = place;
  const id = `${await deps.offsets.clusterId()}/${topic}/${partition}/${offset}`;
  const known = deps.letters?.book.of(id) ?? null;
  if (known === null) return null;
  const { deadLetters } = topicNames(topic);
  const record =
    known.at === null ? null : await deps.readRecord({ topic: deadLetters, ...known.at }).catch(() => null);
  if (record === null) return { known, letter: null, verdict: null };
  const [verdict = null] = await deps.prover.prove([record]);
  return { known, letter: readLetter(record), verdict };
}

async function writerOf({ value }: KafkaRecord, writers: WriterSchemas): Promise<WriterSchema | null> {
  const schemaId = value === null ? 0 : schemaIdOf(value);
  return schemaId === 0 ? null : ((await writers.lookUp([schemaId])).get(schemaId) ?? null);
}
