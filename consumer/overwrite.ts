import { sha256Of } from '#consumer/origin.ts';
import type { RefusedRecord } from '#consumer/outcome.ts';
import { partition, schemaIdsOf } from '#consumer/partition.ts';
import type {
  AcceptedRecord,
  KafkaRecord,
  Origin,
  RowRewriter,
  TopicTimes,
  WriterSchemas,
} from '#consumer/ports.ts';
import type { Reader } from '#consumer/reader.ts';
import { type ScanDeps, scanBatches } from '#consumer/scan.ts';
import { ZonerError } from '#core/errors.ts';

export interface OverwriteDeps {
  readonly reader: Reader;
  readonly writers: WriterSchemas;
  readonly rewriter: RowRewriter;
  readonly scan: ScanDeps & { readonly offsets: TopicTimes };
  /** False: everything is decided, and no row is written. */
  readonly isWriting: boolean;
  /** Runs a step again after a failure of a system, as often as somebody is willing to wait. */
  insist<T>(step: () => Promise<T>): Promise<T>;
  onProgress(records: number, total: number): void;
}

/** A row that stays as it is, because its record is refused today. */
export interface StaleRow extends Pick<Origin, 'topic' | 'partition' | 'offset'> {
  readonly code: string;
  /** Where and why, without values. */
  readonly reason: string;
}

/** What became of the retained records of a range. Each record counts once. */
export interface Overwritten {
  readonly records: number;
  /** Rows that were written anew; those that would be, in a dry run. */
  rewritten: number;
  /** Records that are no row: dead letters, or not consumed yet. They stay what they are. */
  absent: number;
  skipped: number;
  /** Records that are refused today and are no row, by code. */
  readonly refused: Record<string, number>;
  /** Rows that stay as they are; the first of them stand in `stale`. */
  staleRows: number;
  readonly stale: StaleRow[];
}

/** So many stale rows are told by place. */
const MAX_STALE = 1000;

/**
 * Writes the rows of a range anew, in place, with what its retained records are decoded to now. It begins in each
 * partition at the first record that was written at `from` or later, and ends at the end of the log as it was at the
 * start. Only the source is read: a replayed record has its bytes and its identity from there. It adds no row, makes no
 * dead letter and commits nothing, so it can be run beside consumers, ended at any time, and repeated.
 * @param from milliseconds since 1970
 * @throws ZonerError IDENTITY_REUSED if a row holds other bytes than the record of its identity; whatever `insist` gives up on
 */
export async function overwrite(from: bigint, deps: OverwriteDeps): Promise<Overwritten> {
  const { topic } = deps.reader.contract;
  const { offsets } = deps.scan;
  const ranges = await offsets.ranges(topic);
  const starts = await offsets.since(topic, from);
  const begun = [...ranges].map(([number, { low, high }]) => high - later(low, starts.get(number) ?? high));
  const total = Number(begun.reduce((sum, records) => sum + (records > 0n ? records : 0n), 0n));
  const counts = { ...NOTHING, refused: {}, stale: [] as StaleRow[] };
  const each = async (records: readonly KafkaRecord[]): Promise<void> => {
    await overwriteBatch(records, counts, deps);
    counts.records += records.length;
    deps.onProgress(counts.records, total);
  };
  await scanBatches(topic, deps.scan, each, { from: starts, ranges });
  return counts;
}

const NOTHING = { records: 0, rewritten: 0, absent: 0, skipped: 0, staleRows: 0 };

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

async function overwriteBatch(
  records: readonly KafkaRecord[],
  counts: Overwritten,
  deps: OverwriteDeps,
): Promise<void> {
  const { reader, writers, rewriter, insist } = deps;
  const subjects = new Set([reader.contract.subject, ...reader.contract.acceptSubjects]);
  const known = await insist(() => writers.lookUp(schemaIdsOf(records), subjects));
  const { accepted, refused, skipped } = partition(records, known, reader);
  counts.skipped += skipped.length;
  const judged = [...accepted, ...refused];
  if (judged.length === 0) return;
  const hashes = await insist(() => rewriter.hashes(judged.map(({ origin }) => origin)));
  for (const { record, origin } of judged) refuseOthers(record, hashes.get(placeOf(origin)));
  const standing = accepted.filter(({ origin }) => hashes.has(placeOf(origin)));
  counts.absent += accepted.length - standing.length;
  const noRoom = deps.isWriting && standing.length > 0 ? await insist(() => rewriter.rewrite(standing)) : [];
  counts.rewritten += standing.length - noRoom.length;
  for (const { accepted: each, code, reason } of noRoom) keep(counts, each, code, reason);
  for (const each of refused) {
    if (hashes.has(placeOf(each.origin))) keep(counts, each, each.code, each.reason);
    else counts.refused[each.code] = (counts.refused[each.code] ?? 0) + 1;
  }
}

/** @throws ZonerError IDENTITY_REUSED */
function refuseOthers(record: KafkaRecord, hash: string | undefined): void {
  if (hash === undefined || hash === sha256Of(record.value)) return;
  const { topic, partition: number, offset } = record;
  throw new ZonerError('IDENTITY_REUSED', `${placeOf(record)} is a row with other bytes`, {
    context: { topic, partition: number, offset: String(offset) },
  });
}

function keep(
  counts: Overwritten,
  { origin }: Pick<AcceptedRecord | RefusedRecord, 'origin'>,
  code: string,
  reason: string,
): void {
  const { topic, partition: number, offset } = origin;
  counts.staleRows += 1;
  if (counts.stale.length < MAX_STALE) counts.stale.push({ topic, partition: number, offset, code, reason });
}

function placeOf({
  topic,
  partition: number,
  offset,
}: Pick<Origin, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}/${number}/${offset}`;
}
