import type { ConsumeDeps } from '#consumer/deps.ts';
import type { Partitioned } from '#consumer/outcome.ts';
import type { KafkaRecord } from '#consumer/ports.ts';
import type { Log } from '#core/log.ts';

/**
 * One line a batch once its rows are durable: its place and what became of its records, counted, and codes of what was refused.
 * Nothing of the records' values.
 * @param traceId of the span that is at work, if there is one
 */
export function logBatches(
  deps: ConsumeDeps,
  log: Log,
  traceId: () => string | undefined = () => undefined,
): ConsumeDeps {
  const begun = new Map<string, number>();
  return {
    ...deps,
    onBegin(batch) {
      begun.set(`${batch.topic}/${batch.partition}`, performance.now());
      deps.onBegin(batch);
    },
    onBatch(contract, outcome, written) {
      deps.onBatch(contract, outcome, written);
      const records = recordsOf(outcome);
      const [first] = records;
      if (first === undefined) return;
      const place = `${first.topic}/${first.partition}`;
      let [from, to] = [first.offset, first.offset];
      for (const { offset } of records) {
        if (offset < from) from = offset;
        if (offset > to) to = offset;
      }
      const ms = Math.round(performance.now() - (begun.get(place) ?? performance.now()));
      const refused: Record<string, number> = {};
      const trace = traceId();
      for (const { code } of outcome.refused) refused[code] = (refused[code] ?? 0) + 1;
      log.info(
        {
          group: deps.group,
          contract: contract.name,
          place,
          from: String(from),
          to: String(to),
          records: records.length,
          written: written.inserted,
          present: written.present,
          skipped: outcome.skipped.length,
          ...(outcome.refused.length === 0 ? {} : { refused }),
          ms,
          ...(trace === undefined ? {} : { trace_id: trace }),
        },
        'batch',
      );
    },
  };
}

function recordsOf({ accepted, refused, skipped }: Partitioned): readonly KafkaRecord[] {
  return [...accepted, ...refused, ...skipped].map(({ record }) => record);
}
