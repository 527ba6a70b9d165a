import type { Random } from '#avro/seeded-random.ts';
import type { Shape } from '#bench/codec/shapes.ts';

const nullable = (type: unknown): unknown[] => ['null', type];
const enumOf = (name: string, ...symbols: string[]): unknown => ({ type: 'enum', name, symbols });
const recordOf = (name: string, fields: Readonly<Record<string, unknown>>): unknown => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
});
const uuid = { type: 'string', logicalType: 'uuid' };
const instant = { type: 'long', logicalType: 'timestamp-millis' };

const SOURCES = ['PHONE', 'WATCH', 'RING', 'MANUAL', 'IMPORT'];
const ZONES = [
  'Europe/Paris',
  'America/New_York',
  'Asia/Tokyo',
  'Australia/Sydney',
  'America/São_Paulo',
  'UTC',
];
const NOTES = ['slept badly', 'late flight', 'café after lunch', 'jet lag day 2', 'no alarm', 'naïve plan'];
const FOODS = ['toast', 'soup', 'crème brûlée', 'rice', 'salad', 'coffee'];
const TAGS = ['trip', 'device', 'locale', 'cohort', 'firmware', 'campaign'];

const FIELDS: Readonly<Record<string, unknown>> = {
  eventId: uuid,
  userId: 'long',
  note: nullable('string'),
  source: enumOf('EventSource', ...SOURCES),
  occurredAt: instant,
  receivedAt: instant,
  timeZone: 'string',
  confidence: nullable('double'),
  offsetMinutes: 'int',
  device: recordOf('Device', {
    app: 'string',
    version: 'string',
    os: enumOf('Os', 'IOS', 'ANDROID', 'OTHER'),
    sessionId: nullable(uuid),
  }),
  activity: [
    recordOf('Sleep', { stage: 'string', minutes: 'int', quality: nullable('double') }),
    recordOf('Meal', { food: 'string', calories: 'int' }),
    recordOf('Light', { lux: 'double', outdoors: 'boolean' }),
  ],
  samples: { type: 'array', items: recordOf('Sample', { offset: 'int', heartRate: 'int', level: 'double' }) },
  tags: { type: 'map', values: 'string' },
};

/** The three fields that a projection reads. */
export const PROJECTED = ['userId', 'occurredAt', 'timeZone'];
/** The fields that an older writer does not have, with the defaults of the reader. */
export const ADDED: Readonly<Record<string, unknown>> = { confidence: null, offsetMinutes: 0 };

export function eventSchema(names: readonly string[], withDefaults: boolean): unknown {
  const fields = names.map((name) => ({
    name,
    type: FIELDS[name],
    ...(withDefaults && name in ADDED ? { default: ADDED[name] } : {}),
  }));
  return { type: 'record', name: 'Event', fields };
}

export const EVENT_FIELDS = Object.keys(FIELDS);

/** Thirteen fields of every sort: strings that repeat and strings that never do, a union of records, an array, a map. */
export const eventShape: Shape = {
  name: 'event',
  schema: eventSchema(EVENT_FIELDS, true),
  make: event,
};

const START = Date.UTC(2026, 0, 1);

function event(random: Random): unknown {
  const at = START + random.int(365 * 86_400) * 1000 + random.int(1000);
  return {
    eventId: random.uuid(),
    userId: BigInt(random.int(100_000)),
    note: random.chance(0.5) ? null : random.pick(NOTES),
    source: random.pick(SOURCES),
    occurredAt: new Date(at),
    receivedAt: new Date(at + random.int(60_000)),
    timeZone: random.pick(ZONES),
    confidence: random.chance(0.3) ? null : random.next(),
    offsetMinutes: random.int(24) * 60 - 720,
    device: {
      app: random.pick(['zoner', 'zoner-watch']),
      version: `${random.int(4)}.${random.int(10)}.${random.int(5)}`,
      os: random.pick(['IOS', 'ANDROID', 'OTHER']),
      sessionId: random.chance(0.5) ? null : random.uuid(),
    },
    activity: activity(random),
    samples: Array.from({ length: random.int(7) }, (_, index) => ({
      offset: index * 30,
      heartRate: 45 + random.int(100),
      level: random.next(),
    })),
    tags: Object.fromEntries(TAGS.slice(0, random.int(5)).map((tag) => [tag, `${tag}-${random.int(20)}`])),
  };
}

function activity(random: Random): unknown {
  switch (random.int(3)) {
    case 0:
      return {
        kind: 'Sleep',
        stage: random.pick(['light', 'deep', 'rem']),
        minutes: random.int(480),
        quality: random.chance(0.5) ? null : random.next(),
      };
    case 1:
      return { kind: 'Meal', food: random.pick(FOODS), calories: random.int(1500) };
    default:
      return { kind: 'Light', lux: random.next() * 100_000, outdoors: random.chance(0.5) };
  }
}
