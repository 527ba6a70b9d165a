import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A kind of activity that version 1 of the contract does not have. */
const EXERCISE = {
  type: 'record',
  name: 'Exercise',
  namespace: 'zoner.activity',
  doc: "Physical activity. Its timing moves the body clock. It begins at the activity's occurredAt.",
  fields: [
    {
      name: 'endedAt',
      type: { type: 'long', logicalType: 'timestamp-millis' },
      doc: 'The instant at which it ended.',
    },
    {
      name: 'intensity',
      type: {
        type: 'enum',
        name: 'Intensity',
        doc: 'How hard it was.',
        symbols: ['UNKNOWN', 'LIGHT', 'MODERATE', 'VIGOROUS'],
        default: 'UNKNOWN',
      },
      doc: 'How hard it was.',
      default: 'UNKNOWN',
    },
  ],
};

const CONFIDENCE = {
  name: 'confidence',
  type: 'double',
  doc: 'How sure the source is, from 0 to 1.',
  default: 1,
};

const KINDS = ['Exercise', 'Meal', 'LightExposure', 'Meal'] as const;
const RECORDS = 96;
const START = Date.UTC(2026, 2, 9, 7);

/**
 * Version 2 of the example contracts in a folder beside them, and values of it in a file: a quarter of them exercise,
 * the others of kinds that version 1 knows.
 */
export function writeEvolution(folder: string, schemas: string, ahead: string, values: string): void {
  cpSync(join(folder, schemas), join(folder, ahead), { recursive: true });
  const contract = join(folder, ahead, 'user-activity');
  writeFileSync(join(contract, 'exercise.avsc'), `${JSON.stringify(EXERCISE, null, 2)}\n`);
  const rootFile = join(contract, 'user-activity.avsc');
  const root = JSON.parse(readFileSync(rootFile, 'utf8')) as { fields: { name: string; type: unknown }[] };
  const fields = root.fields.map((field) =>
    field.name === 'activity' && Array.isArray(field.type)
      ? { ...field, type: [...field.type, 'Exercise'] }
      : field,
  );
  writeFileSync(rootFile, `${JSON.stringify({ ...root, fields: [...fields, CONFIDENCE] }, null, 2)}\n`);
  const lines = Array.from({ length: RECORDS }, (_, index) => JSON.stringify(activityAt(index)));
  writeFileSync(join(folder, values), `${lines.join('\n')}\n`);
}

function activityAt(index: number) {
  const occurredAt = new Date(START + index * 600_000).toISOString();
  const endedAt = new Date(START + index * 600_000 + 1_800_000).toISOString();
  return {
    eventId: `0198c2f4-7d3b-4c11-9a52-${index.toString(16).padStart(12, '0')}`,
    userId: `user-${String(1 + (index % 19)).padStart(4, '0')}`,
    occurredAt,
    occurredAtLocal: occurredAt.slice(0, -1),
    timeZone: 'Europe/London',
    source: 'WEARABLE',
    activity: activityOf(KINDS[index % KINDS.length] ?? 'Meal', endedAt),
    confidence: 0.9,
  };
}

function activityOf(kind: (typeof KINDS)[number], endedAt: string) {
  if (kind === 'Exercise') return { kind, endedAt, intensity: 'MODERATE' };
  if (kind === 'Meal') return { kind, mealType: 'SNACK', energy: null, caffeine: null };
  return { kind, endedAt, lux: 400, melanopicLux: null, surroundings: 'INDOORS' };
}
