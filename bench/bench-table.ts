import Table from 'cli-table3';

/** One figure of a bench, and what it has to reach. */
export interface Figure {
  readonly what: string;
  readonly measured: number;
  /** How the figure is written after the number, such as `x` or ` ms`. */
  readonly unit: string;
  /** Null where the figure is for information, such as a control. */
  readonly limit: { readonly atLeast: number } | { readonly atMost: number } | null;
  readonly aim: number | null;
  /** What was measured time after time, or by several processes; `measured` is its median. */
  readonly samples?: readonly number[];
}

export interface BenchResult {
  /** What a reader has to know to repeat the figures: versions, machine, sizes, seeds. */
  readonly setting: Readonly<Record<string, string | number>>;
  readonly figures: readonly Figure[];
}

export interface Bench {
  /** @param tell takes one line of progress */
  run(tell: (line: string) => void): Promise<BenchResult>;
}

/** The figures that miss their limit; a figure that is no number misses it too. */
export function shortfalls({ figures }: BenchResult): readonly Figure[] {
  return figures.filter(({ measured, limit }) => {
    if (limit === null) return false;
    return 'atLeast' in limit ? !(measured >= limit.atLeast) : !(measured <= limit.atMost);
  });
}

export function renderBench(result: BenchResult): string {
  const short = new Set(shortfalls(result));
  const table = new Table({
    head: ['what', 'measured', 'least to most', 'limit', 'aim', ''],
    colAligns: ['left', 'right', 'left', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const figure of result.figures) {
    const { limit, aim, unit } = figure;
    const written = (value: number | null): string => (value === null ? '' : `${round(value)}${unit}`);
    const bound =
      limit === null
        ? ''
        : 'atLeast' in limit
          ? `>= ${written(limit.atLeast)}`
          : `<= ${written(limit.atMost)}`;
    const verdict = limit === null ? '' : short.has(figure) ? 'MISSED' : 'ok';
    table.push([figure.what, written(figure.measured), spread(figure), bound, written(aim), verdict]);
  }
  const setting = Object.entries(result.setting).map(([name, value]) => `${name}: ${value}`);
  return `${setting.join('\n')}\n${table.toString()}`;
}

function spread({ samples = [] }: Figure): string {
  if (samples.length < 2) return '';
  return `${round(Math.min(...samples))} to ${round(Math.max(...samples))}`;
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}
