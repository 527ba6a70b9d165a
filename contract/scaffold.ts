import type { Contract } from '#contract/contract.ts';
import { upperSnake } from '#contract/warehouse-names.ts';
import { ZonerError } from '#core/errors.ts';

export interface ScaffoldOptions {
  /** The folder's name, such as `sleep-goal`. */
  readonly name: string;
  /** Null for the one that the other contracts share. */
  readonly namespace: string | null;
  /** The string field that is the record's key. */
  readonly key: string;
  /** What `$schema` says, for editors; null if the file is not below this repository. */
  readonly settingsSchema: string | null;
}

/** Lower-case, so that topic, table and type follow from it on every file system. */
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * The files of a new contract by their name in its folder: a schema with what every event has, and the settings that a
 * careful team would choose. Lint finds nothing in them.
 * @throws ZonerError USAGE for a name that is none, or that is taken
 */
export function scaffold(
  { name, namespace, key, settingsSchema }: ScaffoldOptions,
  others: readonly Contract[],
): ReadonlyMap<string, string> {
  if (!NAME.test(name) || name === 'generated') {
    throw new ZonerError('USAGE', `${JSON.stringify(name)} is no name of a contract`, {
      remedy: 'Use lower-case words with dashes, such as sleep-goal.',
    });
  }
  if (!/^[A-Za-z_]\w*$/.test(key) || key === 'eventId' || key === 'occurredAt')
    throw new ZonerError('USAGE', `${JSON.stringify(key)} is no name for the key field`);
  const words = name.split('-');
  const topic = words.join('_');
  const owner = sharedBy(others, (other) => other.owner ?? '');
  const settings = {
    ...(settingsSchema === null ? {} : { $schema: settingsSchema }),
    topic,
    key,
    id: 'eventId',
    time: 'occurredAt',
    compatibility: 'BACKWARD_TRANSITIVE',
    table: upperSnake(topic),
    owner: owner === null || owner === '' ? `${name}-team` : owner,
  };
  const space = namespace ?? `${sharedBy(others, firstNamespace) ?? 'events'}.${topic}`;
  return new Map([
    ['contract.json', text(settings)],
    [`${name}.avsc`, text(schemaOf(words, space, key))],
  ]);
}

function schemaOf(words: readonly string[], namespace: string, key: string): object {
  const noun = words.join(' ');
  const typeName = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  const field = (name: string, type: unknown, doc: string): object => ({ name, type, doc });
  return {
    type: 'record',
    name: typeName,
    namespace,
    doc: `What happened, as of one ${noun}.`,
    fields: [
      field(
        'eventId',
        { type: 'string', logicalType: 'uuid' },
        'Identifies the event, however often it is sent.',
      ),
      field(
        key,
        'string',
        "What the event is about. Also the record's key, so that its events keep their order.",
      ),
      field(
        'occurredAt',
        { type: 'long', logicalType: 'timestamp-millis' },
        'The instant at which it happened.',
      ),
    ],
  };
}

function firstNamespace({ root }: Contract): string {
  return root.fullName.includes('.') ? root.fullName.slice(0, root.fullName.indexOf('.')) : '';
}

/** What all contracts have in common; null if they differ, or there are none. */
function sharedBy(contracts: readonly Contract[], read: (contract: Contract) => string): string | null {
  const values = new Set(contracts.map(read));
  const [only] = values;
  return values.size === 1 && only !== undefined && only !== '' ? only : null;
}

function text(json: unknown): string {
  return `${JSON.stringify(json, null, 2)}\n`;
}
