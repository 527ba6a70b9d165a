import { createHash } from 'node:crypto';
import type { RefusedRecord } from '#consumer/outcome.ts';
import type { Origin } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

/** What the letter says of the consumer that wrote it. */
export interface LetterFacts {
  readonly clusterId: string;
  readonly group: string;
  readonly appVersion: string;
  /** Now, in milliseconds since 1970. */
  readonly now: bigint;
}

/** Longer reasons are cut: a header must never make the letter larger than its topic allows. */
const MAX_REASON_BYTES = 1024;
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
 * and the facts in `dlt.*`. Its timestamp is now: with the record's own, a letter could expire on arrival. The six
 * `__connect.errors.*` headers are those of Kafka Connect, so that tools which read them work.
 */
export function deadLetter(refused: RefusedRecord, contract: Contract, facts: LetterFacts): OutgoingRecord {
  const { record } = refused;
  const text = Object.entries({ ...letterFacts(refused, contract, facts), ...connectFacts(refused) });
  return {
    topic: topicNames(contract.topic).deadLetters,
    // The dead letter topic has as many partitions as the contract says, even if the source has grown since.
    partition: record.partition % contract.partitions,
    key: record.key,
    value: record.value,
    headers: [
      ...record.headers.filter(([, value]) => value !== null),
      ...text.map(([name, value]) => [name, Buffer.from(value, 'utf8')] as const),
    ],
    timestamp: facts.now,
  };
}

function letterFacts(refused: RefusedRecord, contract: Contract, facts: LetterFacts): Record<string, string> {
  const { record, code, schemaId, subjects } = refused;
  return {
    'dlt.v': FORMAT_VERSION,
    'dlt.id': deadLetterId(facts.clusterId, record),
    'dlt.src.topic': record.topic,
    'dlt.src.partition': String(record.partition),
    'dlt.src.offset': String(record.offset),
    'dlt.src.timestamp': String(record.timestamp),
    'dlt.src.key.null': String(record.key === null),
    'dlt.src.value.null': String(record.value === null),
    'dlt.src.value.sha256': createHash('sha256')
      .update(record.value ?? '')
      .digest('hex'),
    'dlt.src.headers': originalHeaders(refused),
    'dlt.first.failed.at': String(facts.now),
    'dlt.last.failed.at': String(facts.now),
    'dlt.attempts': '1',
    'dlt.stage':
      code === 'NO_FRAME' ? 'frame' : schemaId === null || code === 'UNDECODABLE' ? 'decode' : 'contract',
    'dlt.code': code,
    // An id that nobody knows yet may be registered later; every other refusal needs a change of the contract.
    'dlt.retriable': String(code === 'UNKNOWN_SCHEMA_ID'),
    'dlt.reason': cut(refused.reason),
    'dlt.group': facts.group,
    'dlt.app.version': facts.appVersion,
    'dlt.expected.subject': contract.subject,
    'dlt.reader.fingerprint': contract.fingerprint,
    ...(schemaId === null ? {} : { 'dlt.schema.id': String(schemaId) }),
    ...(subjects.length === 0 ? {} : { 'dlt.schema.subject': subjects.join(',') }),
  };
}

/** The original list as JSON `[[name, base64 | null], …]`: a Kafka client may not be able to send it as it is. */
function originalHeaders({ record }: RefusedRecord): string {
  const list = record.headers.map(([name, value]) => [name, value && Buffer.from(value).toString('base64')]);
  return JSON.stringify(list);
}

function connectFacts(refused: RefusedRecord): Record<string, string> {
  const { record } = refused;
  return {
    '__connect.errors.topic': record.topic,
    '__connect.errors.partition': String(record.partition),
    '__connect.errors.offset': String(record.offset),
    '__connect.errors.stage': 'VALUE_CONVERTER',
    '__connect.errors.exception.class.name': `zoner.${refused.code}`,
    '__connect.errors.exception.message': cut(refused.reason),
  };
}

/** Cuts at a whole character, so that the header stays valid UTF-8. */
function cut(reason: string): string {
  const bytes = Buffer.from(reason, 'utf8');
  if (bytes.length <= MAX_REASON_BYTES) return reason;
  return new TextDecoder('utf-8').decode(bytes.subarray(0, MAX_REASON_BYTES), { stream: true });
}
