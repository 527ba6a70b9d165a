const ROWS_BY_KIND = `SELECT "ACTIVITY":kind::VARCHAR AS KIND, COUNT(*) AS ACTIVITIES, COUNT(DISTINCT "USER_ID") AS PEOPLE,
  MIN("OCCURRED_AT") AS FIRST, MAX("OCCURRED_AT") AS LAST
FROM ZONER_DB.PUBLIC.USER_ACTIVITY GROUP BY KIND ORDER BY KIND`;

const EXERCISE = `SELECT "INTENSITY", COUNT(*) AS SESSIONS, COUNT(DISTINCT "USER_ID") AS PEOPLE, MIN("CONFIDENCE") AS CONFIDENCE
FROM ZONER_DB.PUBLIC.USER_ACTIVITY_EXERCISE GROUP BY "INTENSITY"`;

type CommandLine = readonly string[];

/** A command line, or one that runs while others do and is stopped after them. */
export type DemoCommand =
  | CommandLine
  | { readonly running: CommandLine; readonly during: readonly CommandLine[] };

export interface DemoStep {
  readonly title: string;
  readonly commands: readonly DemoCommand[];
}

/** The contracts of the demo, those of a producer that is ahead of its consumers, and the values that it sends. */
export const SCHEMAS = 'schemas';
export const AHEAD = 'schemas-v2';
export const VALUES = 'exercise.ndjson';

/** The environment whose registry the lock is about: the one of this machine alone is nobody else's business. */
export const TEAM = 'team';

const V2 = ['--schemas', AHEAD];
const NEW_KIND = ['user-activity', '--cause', 'WRITER_INCOMPATIBLE'];

/** The walk of the README, command by command, after the services are there. */
export const DEMO_STEPS: readonly DemoStep[] = [
  {
    title: 'Contracts: registry, topics, tables',
    commands: [
      ['registry', 'apply'],
      ['topics', 'apply'],
      ['snowflake', 'apply'],
    ],
  },
  { title: 'Twenty simulated people live through a week', commands: [['produce']] },
  {
    title: 'Records to Snowflake, and to recommendations in Redis',
    commands: [
      ['consume', '--until-end'],
      ['recommend', '--until-end'],
    ],
  },
  {
    title: 'What became of them',
    commands: [
      ['snowflake', 'query', ROWS_BY_KIND],
      ['dead-letters', 'list'],
      ['recommend', 'user-0001', '--at', '2026-03-05T08:00:00Z'],
      ['reconcile'],
    ],
  },
  {
    title: 'The producer moves ahead: a new kind of activity, Exercise, and a new field, confidence',
    commands: [
      ['registry', 'pull', '--env', TEAM, ...V2],
      ['codegen', ...V2],
      ['check', ...V2],
      ['registry', 'apply', ...V2],
      ['produce', 'user-activity', '--from', VALUES, ...V2],
      ['consume', '--until-end'],
      ['dead-letters', 'list', ...NEW_KIND],
    ],
  },
  {
    title: 'The consumer follows to version 2, and the letters of the new kind are replayed',
    commands: [
      ['snowflake', 'apply', ...V2],
      ['dead-letters', 'list', ...NEW_KIND, ...V2],
      { running: ['consume', ...V2], during: [['dead-letters', 'replay', ...NEW_KIND, ...V2]] },
      ['snowflake', 'query', EXERCISE],
      ['reconcile', ...V2],
    ],
  },
];
