import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { ConsumedContract, KafkaRecord, Origin } from '#consumer/ports.ts';
import { topicNames } from '#contract/topic-names.ts';

/** Where a record came from first, or why it says nothing that may be believed. */
export type OriginVerdict =
  | { readonly kind: 'origin'; readonly origin: Origin }
  | { readonly kind: 'invalid'; readonly reason: string };

/**
 * A record's origin: its own place, except on the retry topic. There the `dlt.src.*` headers name it, and only there,
 * because whoever may write to the source topic could otherwise claim the identity of any row. They are believed if they
 * name a place of this contract's topic and the hash of exactly these bytes.
 */
export function originOf(record: KafkaRecord, contract: ConsumedContract): OriginVerdict {
  // A record of the source is its own origin: nothing is made for each of millions.
  const itself = record.topic === contract.topic || record.topic !== topicNames(contract.topic).retry;
  return itself ? { kind: 'origin', origin: record } : originSaid(record, contract);
}

function originSaid(record: KafkaRecord, contract: ConsumedContract): OriginVerdict {
  const header = headerReader(record);
  const said = {
    topic: header('dlt.src.topic'),
    partition: header('dlt.src.partition'),
    offset: header('dlt.src.offset'),
    timestamp: header('dlt.src.timestamp'),
    sha256: header('dlt.src.value.sha256'),
  };
  if (said.topic !== contract.topic) return invalid('dlt.src.topic', `does not name ${contract.topic}`);
  if (!isCount(said.partition, 2n ** 31n)) return invalid('dlt.src.partition', 'is no partition');
  if (!isCount(said.offset, 2n ** 63n)) return invalid('dlt.src.offset', 'is no offset');
  if (said.timestamp === null || !/^-?\d{1,19}$/.test(said.timestamp))
    return invalid('dlt.src.timestamp', 'is no timestamp');
  if (said.sha256 !== sha256Of(record.value))
    return invalid('dlt.src.value.sha256', 'is not the hash of this value: replay sends the same bytes');
  return {
    kind: 'origin',
    origin: {
      topic: said.topic,
      partition: Number(said.partition),
      offset: BigInt(said.offset),
      timestamp: BigInt(said.timestamp),
      ...headersSaid(header('dlt.src.headers')),
    },
  };
}

/** The exact list, which the client that sent the record again may not have been able to send; nothing if it is damaged. */
function headersSaid(text: string | null): Pick<Origin, 'headers'> {
  try {
    const list: unknown = JSON.parse(text ?? '');
    if (!Array.isArray(list) || !list.every(isPair)) return {};
    return {
      headers: list.map(([name, value]) => [name, value === null ? null : Buffer.from(value, 'base64')]),
    };
  } catch {
    return {};
  }
}

function isPair(pair: unknown): pair is readonly [string, string | null] {
  if (!Array.isArray(pair) || pair.length !== 2) return false;
  const [name, value] = pair;
  return typeof name === 'string' && (value === null || typeof value === 'string');
}

/** The text of a record's header of this name, the last if there are several; null if there is none in UTF-8. */
export function headerReader({ headers }: Pick<KafkaRecord, 'headers'>): (name: string) => string | null {
  return (name) => {
    const value = headers.findLast(([candidate]) => candidate === name)?.[1];
    return value && isUtf8(value) ? Buffer.from(value).toString('utf8') : null;
  };
}

/** SHA-256 of a record's value in hex; of no bytes for a null. */
export function sha256Of(value: Uint8Array | null): string {
  return createHash('sha256')
    .update(value ?? '')
    .digest('hex');
}

function invalid(name: string, problem: string): OriginVerdict {
  return { kind: 'invalid', reason: `the header ${name} ${problem}` };
}

function isCount(text: string | null, limit: bigint): text is string {
  return text !== null && /^\d{1,19}$/.test(text) && BigInt(text) < limit;
}
