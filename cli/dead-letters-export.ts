import { Option } from 'commander';
import type { AddCommand } from '#cli/command.ts';
import { filterOf, type WhereOptions, withWhere } from '#cli/letter-options.ts';
import { openLetters } from '#cli/letter-session.ts';
import { type ContractOptions, withContracts } from '#cli/options.ts';
import { countOf } from '#cli/plan-lines.ts';
import { Resources } from '#cli/resources.ts';
import { isLetterHeader } from '#consumer/dead-letter.ts';
import { type LetterState, STATES } from '#dead-letters/letter-book.ts';
import { type Surveyed, survey } from '#dead-letters/survey.ts';
import { startWatch } from '#dead-letters/watch.ts';

type Options = ContractOptions & WhereOptions & { readonly state: LetterState | 'all' };

/** `zoner dead-letters export`: letters as lines of JSON, with their bytes. */
export const addExportLetters: AddCommand = (letters, shell) => {
  withWhere(withContracts(letters.command('export')))
    .description('print letters with their bytes (base64), one JSON object a line; nothing is masked')
    .argument('[contracts...]', 'names of contracts; all if none is named')
    .addOption(
      new Option('--state <state>', 'only letters in this state').choices([...STATES, 'all']).default('open'),
    )
    .action(async (names: string[], options: Options) => {
      await using resources = new Resources();
      const session = await openLetters(shell, names, options, resources);
      const states = new Set<LetterState>(options.state === 'all' ? STATES : [options.state]);
      let count = 0;
      for (const contract of session.contracts) {
        const deps = session.readDeps(contract);
        const watch = resources.use(await startWatch(deps));
        await survey(watch, deps, { states, filter: filterOf(options) }, async (batch) => {
          for (const each of batch) shell.print(lineOf(each));
          count += batch.length;
          return true;
        });
      }
      shell.tell(countOf(count, 'letter'));
    });
};

function lineOf({ known, letter, record }: Surveyed): string {
  const base64 = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString('base64');
  const iso = (milliseconds: bigint): string => new Date(Number(milliseconds)).toISOString();
  const { source } = letter;
  return JSON.stringify({
    ...letter,
    state: known.state,
    at: { ...letter.at, offset: String(letter.at.offset) },
    source: {
      topic: source.topic,
      partition: source.partition,
      offset: String(source.offset),
      timestamp: iso(source.timestamp),
    },
    writtenAt: iso(letter.writtenAt),
    firstFailedAt: iso(letter.firstFailedAt),
    lastFailedAt: iso(letter.lastFailedAt),
    key: base64(record.key),
    value: base64(record.value),
    headers: record.headers
      .filter(([name]) => !isLetterHeader(name))
      .map(([name, bytes]) => [name, base64(bytes)]),
  });
}
