import { partition, schemaIdsOf } from '#consumer/partition.ts';
import type { AcceptedRecord, ConsumedContract, KafkaRecord, WriterSchemas } from '#consumer/ports.ts';
import type { Reader } from '#consumer/reader.ts';
import { retryRecord } from '#dead-letters/retry-record.ts';

/** What would become of a letter that was replayed now. */
export type Verdict =
  | { readonly kind: 'passes' }
  | { readonly kind: 'fails'; readonly code: string; readonly reason: string }
  /** A record without a value is no row and no refusal. */
  | { readonly kind: 'skipped' };

export interface Prover {
  /** One verdict for each letter, in order. @throws ZonerError REGISTRY_UNAVAILABLE, REGISTRY_AUTH */
  prove(letters: readonly KafkaRecord[]): Promise<readonly Verdict[]>;
}

export interface ProverDeps {
  readonly reader: Reader;
  readonly writers: WriterSchemas;
  /** Why the record's values fit no row of the table, or null. The reason names the place and never the value. */
  rowProblem(accepted: AcceptedRecord): string | null;
}

/**
 * Proves letters with today's contract and registry, by the very decision that the consumer makes on the retry topic,
 * about the very records that a replay would send.
 */
export function createProver({ reader, writers, rowProblem }: ProverDeps): Prover {
  const { contract } = reader;
  const accepted = new Set([contract.subject, ...contract.acceptSubjects]);
  return {
    async prove(letters) {
      const records = letters.map((letter) => asRetried(letter, contract));
      const known = await writers.lookUp(schemaIdsOf(records), accepted);
      const judged = partition(records, known, reader);
      const verdicts = new Map<KafkaRecord, Verdict>();
      for (const each of judged.accepted) {
        const reason = rowProblem(each);
        const fails: Verdict | null =
          reason === null ? null : { kind: 'fails', code: 'VALUE_INVALID', reason };
        verdicts.set(each.record, fails ?? { kind: 'passes' });
      }
      for (const { record, code, reason } of judged.refused)
        verdicts.set(record, { kind: 'fails', code, reason });
      for (const { record } of judged.skipped) verdicts.set(record, { kind: 'skipped' });
      return records.map((record) => verdicts.get(record) ?? { kind: 'skipped' });
    },
  };
}

/** The letter as it would be read back from the retry topic. */
function asRetried(letter: KafkaRecord, contract: ConsumedContract): KafkaRecord {
  const { topic, headers } = retryRecord(letter, contract, { run: 'proof', now: letter.timestamp });
  return { ...letter, topic, headers };
}
