import type { Board } from '#console/board.ts';
import type { Flows } from '#console/flow-watch.ts';
import type { Letters } from '#console/survey-letters.ts';

/** Something for a person to look at, and what to do about it. */
export interface Attention {
  readonly weight: 'wrong' | 'note';
  readonly says: string;
  /** The command that helps, or null. */
  readonly command: string | null;
}

/** A group may rebalance, or hold for a moment. */
const STUCK_MINUTES = 2;

const NO_FLOWS: Flows = new Map();
const NO_LETTERS: Letters = new Map();

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** What needs somebody, the worst first. What could not be asked is said by the sections themselves. */
export function attentionOf(board: Board): readonly Attention[] {
  const found = [...ofFlows(board), ...ofLetters(board), ...ofSchemas(board), ...ofPlan(board)];
  return [
    ...found.filter(({ weight }) => weight === 'wrong'),
    ...found.filter(({ weight }) => weight === 'note'),
  ];
}

function ofFlows(board: Board): readonly Attention[] {
  const flows = board.flows().value ?? NO_FLOWS;
  const missing = board.contracts.filter(({ name }) => flows.has(name) && flows.get(name)?.latest === null);
  const floods = board.contracts.flatMap(({ name }) => {
    const flood = flows.get(name)?.latest?.flood ?? null;
    return flood === null ? [] : [{ name, flood }];
  });
  const stuck = board.contracts.flatMap(({ name }) => {
    const { history, latest } = flows.get(name) ?? { history: null, latest: null };
    const minutes = history?.stuckMinutes(board.now) ?? 0;
    return minutes < STUCK_MINUTES || latest?.flood !== null ? [] : [{ name, minutes, lag: latest.lag }];
  });
  return [
    ...stuck.map(({ name, minutes, lag }): Attention => {
      const says = `${plural(Number(lag), 'record')} of ${name} ${lag === 1n ? 'waits' : 'wait'}, and none was consumed for ${plural(minutes, 'minute')}`;
      return { weight: 'wrong', says, command: 'zoner status' };
    }),
    ...floods.map(({ name, flood }): Attention => {
      const says = `${name} is stopped: too many of its records are refused with ${flood}`;
      return { weight: 'wrong', says, command: `zoner consume --accept ${flood}` };
    }),
    ...(missing.length === 0
      ? []
      : [
          {
            weight: 'wrong',
            says: `${plural(missing.length, 'contract')} without a topic`,
            command: 'zoner topics apply',
          } as const,
        ]),
  ];
}

function ofLetters(board: Board): readonly Attention[] {
  const letters = board.letters().value ?? NO_LETTERS;
  return [...letters].flatMap(([name, { causes, expiring }]): Attention[] => {
    const open = causes.reduce((sum, { count }) => sum + count, 0);
    const decodable = causes.reduce((sum, each) => sum + each.decodable, 0);
    return [
      ...(expiring === 0
        ? []
        : [
            {
              weight: 'wrong',
              says: `${plural(expiring, 'dead letter')} of ${name} will be deleted within five days`,
              command: `zoner dead-letters list ${name}`,
            } as const,
          ]),
      ...(decodable === 0
        ? []
        : [
            {
              weight: 'note',
              says: `${decodable.toLocaleString('en')} of ${plural(open, 'open dead letter')} of ${name} would be rows now`,
              command: `zoner dead-letters replay ${name} --all --dry-run`,
            } as const,
          ]),
    ];
  });
}

function ofSchemas(board: Board): readonly Attention[] {
  const schemas = board.schemas().value;
  const pending = [...(schemas?.values() ?? [])].filter((each) => each.pending.length > 0).length;
  if (pending === 0) return [];
  const says = `${plural(pending, 'contract is', 'contracts are')} not registered as they are here`;
  return [{ weight: 'wrong', says, command: 'zoner check, then zoner registry apply' }];
}

function ofPlan(board: Board): readonly Attention[] {
  const plan = board.plan()?.value ?? null;
  if (plan === null) return [];
  const { steps, refusals } = plan;
  if (refusals.length > 0) {
    const says = `${plural(refusals.length, 'change')} of tables cannot be made as they are`;
    return [{ weight: 'wrong', says, command: 'zoner snowflake plan' }];
  }
  if (steps.length === 0) return [];
  const says = `${plural(steps.length, 'statement')} would bring the tables to the contracts`;
  return [{ weight: 'wrong', says, command: 'zoner snowflake plan' }];
}
