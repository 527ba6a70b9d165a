import { toJson } from '#avro/json-form.ts';
import type { Partitioned } from '#consumer/outcome.ts';
import type { ConsumedContract } from '#consumer/ports.ts';

/** What became of each record of a batch, one line of JSON a record, in the order of offsets. */
export function outcomeLines(
  contract: ConsumedContract,
  { accepted, refused, skipped }: Partitioned,
): readonly string[] {
  const placed = [
    ...accepted.map(({ record, origin, value }) => {
      return { record, line: { ...placeOf(origin), outcome: 'row', value: toJson(contract.root, value) } };
    }),
    ...refused.map(({ record, origin, code, reason }) => {
      return { record, line: { ...placeOf(origin), outcome: 'dead letter', code, reason } };
    }),
    ...skipped.map(({ record, reason }) => {
      return { record, line: { ...placeOf(record), outcome: 'skipped', reason } };
    }),
  ];
  return placed
    .sort((a, b) => (a.record.offset < b.record.offset ? -1 : 1))
    .map(({ line }) => JSON.stringify(line));
}

function placeOf({ topic, partition, offset }: { topic: string; partition: number; offset: bigint }) {
  return { topic, partition, offset: String(offset) };
}
