import type { Random } from '#avro/seeded-random.ts';

/** The contract's own schema, with the types that it refers to inside, where each is used first. */
export function activityJson(read: (file: string) => unknown): unknown {
  const root = read('user-activity.avsc');
  const parts = ['sleep-session', 'meal', 'light-exposure'].map(
    (file) => read(`${file}.avsc`) as { readonly name: string; readonly namespace: string },
  );
  const open = new Map(parts.map((part) => [`${part.namespace}.${part.name}`, part]));
  return JSON.parse(JSON.stringify(root), (_, value: unknown) => {
    const name = typeof value === 'string' && !value.includes('.') ? `zoner.activity.${value}` : value;
    const part = typeof name === 'string' ? open.get(name) : undefined;
    if (part === undefined) return value;
    open.delete(String(name));
    return part;
  }) as unknown;
}

const ZONES = ['Europe/Paris', 'America/New_York', 'Asia/Tokyo', 'Australia/Sydney', 'UTC', 'Europe/Lisbon'];
const START = Date.UTC(2026, 0, 1);

export function activityEvent(random: Random): unknown {
  const at = START + random.int(365 * 86_400) * 1000;
  const local = at + 3_600_000 * (random.int(24) - 12);
  return {
    eventId: random.uuid(),
    userId: `user-${random.int(5000)}`,
    occurredAt: new Date(at),
    occurredAtLocal: BigInt(local),
    timeZone: random.pick(ZONES),
    source: random.pick(['WEARABLE', 'PHONE', 'MANUAL']),
    activity: activity(random, at, local),
  };
}

function activity(random: Random, at: number, local: number): unknown {
  const minutes = 10 + random.int(500);
  switch (random.int(3)) {
    case 0:
      return {
        kind: 'SleepSession',
        endedAt: new Date(at + minutes * 60_000),
        endedAtLocal: BigInt(local + minutes * 60_000),
        sleepType: random.pick(['MAIN', 'NAP']),
        awakenings: random.chance(0.5) ? null : random.int(6),
        stages: random.chance(0.3)
          ? null
          : Array.from({ length: random.int(7) }, (_, index) => ({
              stage: random.pick(['AWAKE', 'LIGHT', 'DEEP', 'REM']),
              startedAt: new Date(at + index * 600_000),
              minutes: 10,
            })),
      };
    case 1:
      return {
        kind: 'Meal',
        mealType: random.pick(['BREAKFAST', 'LUNCH', 'DINNER', 'SNACK']),
        energy: random.chance(0.4) ? null : random.int(1500),
        caffeine: random.chance(0.6) ? null : random.int(200),
      };
    default:
      return {
        kind: 'LightExposure',
        endedAt: new Date(at + minutes * 60_000),
        lux: random.next() * 100_000,
        melanopicLux: random.chance(0.5) ? null : random.next() * 50_000,
        surroundings: random.pick(['INDOORS', 'OUTDOORS', 'IN_TRANSIT']),
      };
  }
}
