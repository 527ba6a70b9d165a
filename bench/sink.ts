import type { Bench, Figure } from '#bench/bench-table.ts';
import { shapeOf, valuesOf } from '#bench/codec/shapes.ts';
import { TOPIC } from '#bench/kafka/event-contract.ts';
import { interleaveRounds, type Pace, ROUNDS } from '#bench/kafka/rounds.ts';
import { FAR_MS, openLoaders } from '#bench/warehouse/loaders.ts';
import { type LocalWarehouse, openLocalWarehouse } from '#bench/warehouse/local-warehouse.ts';
import type { AcceptedRecord } from '#consumer/ports.ts';

const PARTITIONS = 6;
/** What one partition's callback hands over. */
const BATCH = 1000;
const TIMES_A_RECORD = 20;
const TIMES_A_BATCH = 2;

/** `sink`: decoded records to durable rows, in several ways, on the local Snowflake, with its own cost beside it. */
export const sink: Bench = {
  async run(tell) {
    const local = await openLocalWarehouse();
    try {
      const loaders = await openLoaders(local, eventSource());
      const paces = await interleaveRounds(loaders, ROUNDS, tell);
      for (const each of loaders) await each.close();
      return {
        setting: {
          rows: `events of 13 fields, ${PARTITIONS} partitions of ${BATCH} records at once`,
          rounds: `${ROUNDS} rounds in turns after one that does not count; ratios round by round`,
          warehouse: 'the local Snowflake in a process of its own; its cost is its processor time',
          'far away': `each statement goes out ${FAR_MS} ms later`,
          node: process.version,
        },
        figures: figuresOf(paces, local),
      };
    } finally {
      await local.close();
    }
  },
};

/** Records with offsets that were never used, so that every row is new. */
function eventSource(): (count: number) => readonly (readonly AcceptedRecord[])[] {
  const values = valuesOf(shapeOf('event'), BATCH);
  let next = 0n;
  return (count) => {
    const perPartition = Math.ceil(count / PARTITIONS);
    const begin = next;
    next += BigInt(perPartition);
    return Array.from({ length: PARTITIONS }, (_, partition) =>
      Array.from({ length: perPartition }, (_each, index): AcceptedRecord => {
        const value = values[index % values.length];
        const { eventId } = value as { readonly eventId: string };
        const record = {
          topic: TOPIC,
          partition,
          offset: begin + BigInt(index),
          timestamp: 1_780_000_000_000n,
          key: Buffer.from(eventId),
          value: Buffer.from(eventId),
          headers: [],
        };
        return { record, origin: record, schemaId: 1, value };
      }),
    );
  };
}

function figuresOf(
  paces: readonly Pace[],
  { costs, statements }: Pick<LocalWarehouse, 'costs' | 'statements'>,
): readonly Figure[] {
  const [ours, batches, looking, oursSmall, small, oursFar, far, records] = paces;
  const info = { limit: null, aim: null };
  const times = (other: Pace | undefined): readonly number[] =>
    (other?.ratios ?? []).map((ratio) => 1 / ratio);
  const ratio = (other: Pace | undefined, least: number): Figure => ({
    what: `${ours?.name}: times as fast as "${other?.name}"`,
    measured: other === undefined ? Number.NaN : 1 / other.ratio,
    unit: 'x',
    limit: { atLeast: least },
    aim: null,
    samples: times(other),
  });
  return [
    ...paces.flatMap(({ name, perSecond, processorMicros }): Figure[] => [
      { what: `${name}: rows a second`, measured: Math.round(perSecond), unit: '', ...info },
      { what: `${name}: own processor time a row`, measured: processorMicros, unit: ' µs', ...info },
      {
        what: `${name}: the warehouse's processor time a row`,
        measured: middle(costs.get(name) ?? []),
        unit: ' µs',
        ...info,
      },
      {
        what: `${name}: statements for a thousand rows`,
        measured: statements.get(name) ?? Number.NaN,
        unit: '',
        ...info,
      },
    ]),
    ratio(records, TIMES_A_RECORD),
    ratio(batches, TIMES_A_BATCH),
    {
      what: `${ours?.name}: times as fast as "${looking?.name}"`,
      measured: 1 / (looking?.ratio ?? Number.NaN),
      unit: 'x',
      ...info,
    },
    ...(
      [
        [oursSmall, small],
        [oursFar, far],
      ] as const
    ).map(([own, other]) => ({
      what: `${own?.name}: times as fast as "${other?.name}"`,
      measured: (own?.ratio ?? Number.NaN) / (other?.ratio ?? Number.NaN),
      unit: 'x',
      ...info,
    })),
    {
      what: `${oursFar?.name}: times as fast as "${far?.name}", without the warehouse's cost`,
      measured: elsewhere(far, statements) / elsewhere(oursFar, statements),
      unit: 'x',
      limit: { atLeast: TIMES_A_BATCH },
      aim: null,
    },
    ...[batches, looking, records]
      .flatMap((each) => each ?? [])
      .map((other): Figure => {
        const cost = (pace: Pace | undefined): number => pace?.processorMicros ?? Number.NaN;
        return {
          what: `without the warehouse's cost: times as cheap as "${other.name}"`,
          measured: cost(other) / cost(ours),
          unit: 'x',
          ...info,
        };
      }),
  ];
}

/** Milliseconds that a thousand rows take besides the work of the warehouse: our processor time, and the way there. */
function elsewhere(pace: Pace | undefined, statements: ReadonlyMap<string, number>): number {
  if (pace === undefined) return Number.NaN;
  return pace.processorMicros + FAR_MS * (statements.get(pace.name) ?? Number.NaN);
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
