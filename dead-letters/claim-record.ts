import type { KafkaRecord } from '#consumer/ports.ts';
import type { Contract } from '#contract/contract.ts';
import { topicNames } from '#contract/topic-names.ts';
import type { OutgoingRecord } from '#producer/ports.ts';

const PREFIX = 'zoner-claim/';

/**
 * What a run writes into the ledger while it changes the states of letters; a record without a value gives it back. The
 * ledger has one partition, so that all runs read the claims in one order.
 */
export function claimRecord(run: string, isHeld: boolean, contract: Contract, now: number): OutgoingRecord {
  return {
    topic: topicNames(contract.topic).status,
    partition: 0,
    key: Buffer.from(`${PREFIX}${run}`, 'utf8'),
    value: isHeld
      ? Buffer.from(JSON.stringify({ claim: run, at: new Date(now).toISOString() }), 'utf8')
      : null,
    headers: [],
    timestamp: BigInt(Math.floor(now)),
  };
}

/** The claim that a record of the ledger makes or gives back, or null if it is about a letter. */
export function readClaim({
  key,
  value,
}: KafkaRecord): { readonly run: string; readonly isHeld: boolean } | null {
  const text = key === null ? '' : Buffer.from(key).toString('utf8');
  return text.startsWith(PREFIX) ? { run: text.slice(PREFIX.length), isHeld: value !== null } : null;
}
