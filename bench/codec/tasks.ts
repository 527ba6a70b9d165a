/** One row of the table: a workload, the shape of its records, and what it has to reach. */
export interface Task {
  readonly what: string;
  readonly workload: string;
  readonly shape: string;
  readonly atLeast: number | null;
  readonly aim: number | null;
}

const task = (
  what: string,
  workload: string,
  shape: string,
  atLeast: number | null = null,
  aim: number | null = null,
): Task => ({ what, workload, shape, atLeast, aim });

const usual = (shape: string): readonly Task[] => [
  task(`encode, validated, framed: ${shape}`, 'encode', shape, 2.8, 3.5),
  task(`encode a batch into one buffer: ${shape}`, 'encode batch', shape, 3.5, 4.5),
  task(`decode, writer = reader: ${shape}`, 'decode', shape, 1.6, 1.9),
];

/** Strings that never repeat leave nothing to save on: they bound how far a decoder can fall back. */
const worst = (shape: string): readonly Task[] => [
  task(`encode: ${shape}`, 'encode', shape, 1.4, 1.6),
  task(`decode: ${shape}`, 'decode', shape, 0.95, 1),
];

export const TASKS: readonly Task[] = [
  task('control: avsc against itself, encode', 'A/A encode', 'event'),
  task('control: avsc against itself, decode', 'A/A decode', 'event'),
  ...usual('UserActivity'),
  ...usual('event'),
  task('decode, writer older than reader: event', 'older writer', 'event', 1.6, 2),
  task('projection to 3 of 13 fields: event', 'projection', 'event', 4.5, 6),
  ...usual('numeric'),
  ...usual('tiny'),
  ...worst('unique strings'),
  ...worst('short unique strings'),
  ...worst('non-ASCII strings'),
  ...worst('long strings'),
  task('for information, avsc giving numbers: encode', 'encode against numbers', 'event'),
  task('for information, avsc giving numbers: decode', 'decode against numbers', 'event'),
  task('@kafkajs/confluent-schema-registry: encode', 'kafkajs encode', 'event', 3.5, 4.6),
  task('@kafkajs/confluent-schema-registry: decode', 'kafkajs decode', 'event', 2.2, 2.7),
  task('@kafkajs/confluent-schema-registry: readerSchema', 'kafkajs readerSchema', 'event', 500, 750),
  task('@confluentinc/schemaregistry: encode', 'confluent encode', 'event', 40, 53),
  task('@confluentinc/schemaregistry: decode', 'confluent decode', 'event', 40, 52),
  task('@confluentinc/schemaregistry: older writer', 'confluent older writer', 'event', 200, 300),
];
