import { headerReader, sha256Of } from '#consumer/origin.ts';
import type { RefusedRecord } from '#consumer/outcome.ts';
import type { ConsumedContract, Origin } from '#consumer/ports.ts';
import { topicNames } from '#contract/topic-names.ts';
import { TRACE_PARENT, traceIdOf } from '#core/trace-parent.ts';
import type { Headers, OutgoingRecord } from '#producer/ports.ts';

/** What the letter says of the consumer that wrote it. */
export interface LetterFacts {
  readonly clusterId: string;
  readonly group: string;
  readonly appVersion: string;
  /** Now, in milliseconds since 1970. */
  readonly now: bigint;
}

/** Longer text is cut: a header must never make the letter larger than its topic allows. */
const MAX_TEXT_BYTES = 1024;
/** A letter may be 64 KiB larger than its record. The facts take some of that, and what is said of its headers the rest. */
const MAX_HEADER_BYTES = 48 * 1024;
const FORMAT_VERSION = '1';

/** The letter's identity, stable for ever: the same record refused twice has one. */
export function deadLetterId(
  clusterId: string,
  origin: Pick<Origin, 'topic' | 'partition' | 'offset'>,
): string {
  return `${clusterId}/${origin.topic}/${origin.partition}/${origin.offset}`;
}

/**
 * The dead letter of a refused record: the same key and value, byte for byte (null stays null), the original headers,
 * and the facts in `dlt.*`. Of a replayed record that is refused again, what was said of its origin and
 * of the first refusal stays, and the attempts go on counting. Its timestamp is now: with the record's own, a letter could expire on arrival. The six
 * `__connect.errors.*` headers are those of Kafka Connect, so that tools which read them work.
 */
export function deadLetter(
  refused: RefusedRecord,
  contract: ConsumedContract,
  facts: LetterFacts,
): OutgoingRecord {
  const { record } = refused;
  const { kept, list } = headersKept(refused);
  const text = Object.entries({
    ...letterFacts(refused, contract, facts),
    ...list,
    ...connectFacts(refused),
  });
  return {
    topic: topicNames(contract.topic).deadLetters,
    // The dead letter topic has as many partitions as the contract says, even if the source has grown since.
    partition: refused.origin.partition % contract.partitions,
    key: record.key,
    value: record.value,
    headers: [...kept, ...text.map(([name, value]) => [name, Buffer.from(value, 'utf8')] as const)],
    timestamp: facts.now,
  };
}

function letterFacts(
  refused: RefusedRecord,
  contract: ConsumedContract,
  facts: LetterFacts,
): Record<string, string> {
  const { record, origin, code, schemaId, subjects } = refused;
  const before = headerReader(record);
  const isReplay = origin.topic !== record.topic;
  const traceId = traceIdOf(before(TRACE_PARENT));
  return {
    'dlt.v': FORMAT_VERSION,
    'dlt.id': (isReplay ? before('dlt.id') : null) ?? deadLetterId(facts.clusterId, origin),
    'dlt.src.topic': origin.topic,
    'dlt.src.partition': String(origin.partition),
    'dlt.src.offset': String(origin.offset),
    'dlt.src.timestamp': String(origin.timestamp),
    'dlt.src.key.null': String(record.key === null),
    'dlt.src.value.null': String(record.value === null),
    'dlt.src.value.sha256': sha256Of(record.value),
    'dlt.first.failed.at': (isReplay ? before('dlt.first.failed.at') : null) ?? String(facts.now),
    'dlt.first.code': (isReplay ? before('dlt.first.code') : null) ?? code,
    'dlt.last.failed.at': String(facts.now),
    'dlt.attempts': String(isReplay ? attemptsOf(before('dlt.attempts')) + 1 : 1),
    'dlt.stage':
      code === 'NO_FRAME' ? 'frame' : schemaId === null || code === 'UNDECODABLE' ? 'decode' : 'contract',
    'dlt.code': code,
    // An id that nobody knows yet may be registered later; every other refusal needs a change of the contract.
    'dlt.retriable': String(code === 'UNKNOWN_SCHEMA_ID'),
    'dlt.error.name': `zoner.${code}`,
    'dlt.error.message': cut(refused.reason),
    'dlt.group': facts.group,
    'dlt.app.version': facts.appVersion,
    'dlt.expected.subject': contract.subject,
    'dlt.reader.fingerprint': contract.fingerprint,
    ...(isReplay ? replayFacts(before) : {}),
    ...(traceId === null ? {} : { 'dlt.trace.id': traceId }),
    ...(schemaId === null ? {} : { 'dlt.schema.id': String(schemaId) }),
    ...(subjects.length === 0 ? {} : { 'dlt.schema.subject': cut(subjects.join(',')) }),
  };
}

/** Which run sent the record again, and how often that has happened. */
function replayFacts(before: (name: string) => string | null): Record<string, string> {
  const names = ['dlt.replay.id', 'dlt.replay.count'];
  return Object.fromEntries(names.flatMap((name) => [[name, before(name) ?? '']].filter(([, text]) => text)));
}

/** Whether a header tells of a dead letter, and not of the record. */
export function isLetterHeader(name: string): boolean {
  return name.startsWith('dlt.') || name.startsWith('__connect.errors.');
}

function attemptsOf(text: string | null): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 1;
}

/**
 * The record's headers as they are, and the exact list of them as JSON `[[name, base64 | null], …]`, because a Kafka client
 * may not be able to send it as it is. Where there is no room for both, the list is left out; and then names that were no
 * text, which come back from the client up to three times as long. No record may be too large for its letter.
 */
function headersKept({ record, origin }: RefusedRecord): {
  readonly kept: Headers;
  readonly list: Readonly<Record<string, string>>;
} {
  const before = headerReader(record);
  const isReplay = origin.topic !== record.topic;
  const own = record.headers.filter(([name]) => !isLetterHeader(name));
  const sendable = own.filter(([, value]) => value !== null);
  const grown = own.reduce((sum, [name]) => sum + 2 * (name.split('\ufffd').length - 1), 0);
  const known = isReplay ? (before('dlt.src.headers.left.out') ?? before('dlt.src.headers')) : null;
  const list = known ?? JSON.stringify((isReplay ? own : record.headers).map(asPair));
  if (list !== LEFT_OUT && grown + Buffer.byteLength(list) <= MAX_HEADER_BYTES)
    return { kept: sendable, list: { 'dlt.src.headers': list } };
  const kept = grown <= MAX_HEADER_BYTES ? sendable : sendable.filter(([name]) => !name.includes('\ufffd'));
  return { kept, list: { 'dlt.src.headers.left.out': LEFT_OUT } };
}

const LEFT_OUT = 'too long';

function asPair([name, value]: Headers[number]): readonly [string, string | null] {
  return [name, value && Buffer.from(value).toString('base64')];
}

function connectFacts(refused: RefusedRecord): Record<string, string> {
  const { origin } = refused;
  return {
    '__connect.errors.topic': origin.topic,
    '__connect.errors.partition': String(origin.partition),
    '__connect.errors.offset': String(origin.offset),
    '__connect.errors.stage': 'VALUE_CONVERTER',
    '__connect.errors.exception.class.name': `zoner.${refused.code}`,
    '__connect.errors.exception.message': cut(refused.reason),
  };
}

/** Cuts at a whole character, so that the header stays valid UTF-8. */
function cut(reason: string): string {
  const bytes = Buffer.from(reason, 'utf8');
  if (bytes.length <= MAX_TEXT_BYTES) return reason;
  return new TextDecoder('utf-8').decode(bytes.subarray(0, MAX_TEXT_BYTES), { stream: true });
}
