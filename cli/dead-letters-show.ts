import { schemaIdOf } from '#avro/frame.ts';
import type { AddCommand } from '#cli/command.ts';
import { contractOfIds, wholeIds } from '#cli/letter-ids.ts';
import { type LetterSession, openLetters } from '#cli/letter-session.ts';
import { type ContractOptions, formatOption, withContracts } from '#cli/options.ts';
import { printJson } from '#cli/print-json.ts';
import { Resources } from '#cli/resources.ts';
import type { Shell } from '#cli/shell.ts';
import { ZonerError } from '#core/errors.ts';
import { causeOf } from '#dead-letters/causes.ts';
import { type LetterState, STATES } from '#dead-letters/letter-book.ts';
import { type LetterContent, letterContent } from '#dead-letters/letter-content.ts';
import { parkedLetter } from '#dead-letters/parked-letter.ts';
import { type ProvedLetter, surveyProved } from '#dead-letters/survey.ts';
import { startWatch, type Watch } from '#dead-letters/watch.ts';

type Options = ContractOptions & { readonly reveal?: true; readonly format: string };
type Shown = ProvedLetter & { readonly content: LetterContent };

/** `zoner dead-letters show`: everything that is known of one letter. */
export const addShowLetter: AddCommand = (letters, shell) => {
  withContracts(letters.command('show'))
    .description('everything about one letter: where it came from, why it was refused, its bytes, its value')
    .argument('<id>', 'the id of the letter, as list prints it')
    .option('--reveal', 'print personal data, too')
    .addOption(formatOption('text', 'json'))
    .action(async (id: string, options: Options) => {
      const shown = await findLetter(shell, id, options);
      const { known, letter, verdict, content } = shown;
      if (options.format === 'json') printJson(shell, { ...letter, state: known.state, verdict, ...content });
      else printLetter(shell, shown);
    });
};

async function findLetter(shell: Shell, id: string, options: Options): Promise<Shown> {
  await using resources = new Resources();
  const session = await openLetters(shell, [], options, resources);
  const contract = contractOfIds([id], session.contracts);
  const deps = session.readDeps(contract);
  const watch = resources.use(await startWatch(deps));
  const [whole = id] = wholeIds([id], watch.book);
  const found: ProvedLetter[] = [];
  const choice = {
    states: new Set<LetterState>(STATES),
    filter: (letter: { id: string }) => letter.id === whole,
  };
  await surveyProved(watch, deps, choice, async (batch) => {
    found.push(...batch);
    return false;
  });
  const proved = found[0] ?? (await proveParked(whole, watch, deps));
  if (proved === null) {
    const state = watch.book.of(whole)?.state;
    throw new ZonerError('USAGE', `the dead letter topic has no letter ${id}`, {
      remedy:
        state === undefined
          ? 'See: zoner dead-letters list'
          : `It is ${state}, and its letter is retained no longer.`,
    });
  }
  const schemaId = proved.record.value === null ? 0 : schemaIdOf(proved.record.value);
  const writer = schemaId === 0 ? undefined : (await session.writers.lookUp([schemaId])).get(schemaId);
  const content = letterContent(proved.record, contract, writer, options.reveal === true);
  return { ...proved, content };
}

/** A letter that only the parked topic has any more. */
async function proveParked(
  id: string,
  watch: Watch,
  deps: ReturnType<LetterSession['readDeps']>,
): Promise<ProvedLetter | null> {
  const parked = await parkedLetter(id, watch, deps);
  if (parked === null) return null;
  const [verdict = { kind: 'skipped' as const }] = await deps.prover.prove([parked.record]);
  return { ...parked, verdict };
}

function printLetter(shell: Shell, { known, letter, verdict, content }: Shown): void {
  const iso = (milliseconds: bigint): string => new Date(Number(milliseconds)).toISOString();
  const { source } = letter;
  const facts: readonly (readonly [string, string | number | null])[] = [
    ['state', known.state],
    ['cause', causeOf(letter)],
    ['reason', letter.reason],
    ['today', verdict.kind === 'fails' ? `still fails: ${verdict.code} ${verdict.reason}` : verdict.kind],
    [
      'record',
      `${source.topic}, partition ${source.partition}, offset ${source.offset}, ${iso(source.timestamp)}`,
    ],
    [
      'refused',
      `${letter.attempts} times, first ${iso(letter.firstFailedAt)} (${letter.firstCode}), last ${iso(letter.lastFailedAt)}`,
    ],
    ['by', `${letter.group ?? 'unknown'}, version ${letter.appVersion ?? 'unknown'}`],
    ['schema id', letter.schemaId === null ? null : `${letter.schemaId} ${letter.subjects.join(', ')}`],
    ['replayed by', letter.run],
    ['trace', letter.traceId],
    ['key', content.key],
    ...content.headers.map(([name, value]) => [`header ${name}`, value] as const),
  ];
  shell.print(shell.style('bold', letter.id));
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, value] of facts)
    shell.print(`  ${name.padEnd(width)}  ${value ?? shell.style('dim', 'none')}`);
  for (const line of hexLines(content.hex)) shell.print(`  ${shell.style('dim', line)}`);
  if (content.hidden > 0) shell.print(`  ${content.hidden} bytes are hidden`);
  if ('value' in content.decoded) shell.print(JSON.stringify(content.decoded.value, null, 2));
  else shell.print(`  the value cannot be decoded: ${content.decoded.problem}`);
  if (content.isMasked) shell.tell('Personal data, and what may be some, is masked: --reveal shows it.');
}

const BYTES_A_LINE = 16;

function hexLines(hex: string | null): readonly string[] {
  if (hex === null) return [];
  const lines: string[] = [];
  for (let at = 0; at < hex.length; at += 2 * BYTES_A_LINE) {
    const bytes = hex.slice(at, at + 2 * BYTES_A_LINE);
    const offset = (at / 2).toString(16).padStart(6, '0');
    lines.push(`${offset}  ${(bytes.match(/../g) ?? []).join(' ')}`);
  }
  return lines;
}
