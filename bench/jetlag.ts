import Table from 'cli-table3';
import type { Bench, Figure } from '#bench/bench-table.ts';
import { MEAN_PERIOD } from '#recommendations/circadian/pacemaker.ts';
import {
  daysToSettle,
  type Guidance,
  planExperiment,
  UNGUIDED,
} from '#recommendations/jet-lag/experiment.ts';

const SHIFTS = [
  ...Array.from({ length: 12 }, (_, index) => index - 12),
  ...Array.from({ length: 12 }, (_, index) => index + 1),
];
/** The shortest plans known, from long searches for a period of 24.2 h, in the order of `SHIFTS`. */
const BEST = [4, 4, 4, 4, 4, 4, 3, 3, 2, 2, 1, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 4, 4, 4];
const PERIODS = [24.0, 24.2, 24.4];

interface Row {
  readonly shift: number;
  readonly best: number;
  readonly unguided: number;
  readonly fastest: number;
  /** Days of one plan for people of each of `PERIODS`. */
  readonly robust: readonly number[];
  readonly seconds: number;
}

/** Days to settle after a shift of time zones: unguided, by the fastest plan, and by one plan for clocks that differ. */
export const jetlag: Bench = {
  async run(tell) {
    const rows = SHIFTS.map((shift, index): Row => measure(shift, BEST[index] ?? 0));
    tell(`${tableOf(rows)}\n`);
    return {
      setting: {
        experiment:
          'awake 08:00 to 24:00, arrival at noon, 10, 150 or 5000 lux by the hour, at most 6 h of 5000 a day',
        periods: `fastest: ${MEAN_PERIOD} h; robust: one plan for ${PERIODS.join(', ')} h, its worst counts`,
        node: process.version,
      },
      figures: figuresOf(rows),
    };
  },
};

function measure(shift: number, best: number): Row {
  const begun = process.cpuUsage();
  const one = planExperiment(shift, PERIODS);
  const { user, system } = process.cpuUsage(begun);
  const days = (period: number, guidance: Guidance): number => daysToSettle(shift, period, guidance);
  return {
    shift,
    best,
    unguided: days(MEAN_PERIOD, UNGUIDED),
    fastest: days(MEAN_PERIOD, planExperiment(shift, [MEAN_PERIOD])),
    robust: PERIODS.map((period) => days(period, one)),
    seconds: (user + system) / 1e6,
  };
}

function figuresOf(rows: readonly Row[]): readonly Figure[] {
  const total = (days: (row: Row) => number): number => rows.reduce((sum, row) => sum + days(row), 0);
  const most = (value: (row: Row) => number): number => Math.max(...rows.map(value));
  const worst = ({ robust }: Row): number => Math.max(...robust);
  const allowed = ({ shift, best }: Row): number => (Math.abs(shift) >= 10 ? 6 : best + 1);
  const figure = (what: string, measured: number, atMost: number | null, unit = ' days'): Figure => {
    return { what, measured, unit, limit: atMost === null ? null : { atMost }, aim: null };
  };
  return [
    figure(
      'unguided, all shifts',
      total(({ unguided }) => unguided),
      null,
    ),
    figure(
      'fastest plan, all shifts',
      total(({ fastest }) => fastest),
      80,
    ),
    figure(
      'fastest plan, most above the best known',
      most(({ fastest, best }) => fastest - best),
      1,
    ),
    figure('robust plan, worst of three periods, all shifts', total(worst), 90),
    figure(
      'robust plan, most above what is allowed a shift',
      most((row) => worst(row) - allowed(row)),
      0,
    ),
    figure(
      'planning one trip, most processor time',
      most(({ seconds }) => seconds),
      2,
      ' s',
    ),
  ];
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: [
      'shift',
      'unguided',
      'best known',
      'fastest',
      'robust',
      ...PERIODS.map((period) => `${period} h`),
      'CPU',
    ],
    colAligns: Array<'right'>(9).fill('right'),
    style: { head: [], border: [], compact: true },
  });
  for (const { shift, unguided, best, fastest, robust, seconds } of rows) {
    const sign = shift > 0 ? `+${shift}` : String(shift);
    table.push([sign, unguided, best, fastest, Math.max(...robust), ...robust, `${seconds.toFixed(2)} s`]);
  }
  return table.toString();
}
