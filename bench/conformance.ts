import { readFile } from 'node:fs/promises';
import { type Comparison, type Conformance, renderConformance, tally } from '#bench/conformance-report.ts';
import { choose, runEntry } from '#bench/entry.ts';
import { ZonerError } from '#core/errors.ts';

/** Each kind in a file of its own, loaded only when it is asked for. */
const KINDS: Readonly<Record<string, () => Promise<Conformance>>> = {
  circadian: async () => (await import('#bench/conformance-circadian.ts')).circadian,
  compatibility: async () => (await import('#bench/compatibility.ts')).conformance,
  parser: async () => (await import('#bench/conformance-parser.ts')).parser,
  resolution: async () => (await import('#bench/resolution.ts')).conformance,
};

/**
 * `npm run conformance -- KIND FILE`: compares every case of a file, made by an independent implementation, with Zoner.
 * Prints each disagreement and a count for each named rule; exits 1 on a disagreement that no named rule covers.
 */
await runEntry(async ([kind, file]) => {
  const load = choose('kind', KINDS, kind);
  if (file === undefined) throw new ZonerError('USAGE', `name a file: npm run conformance -- ${kind} FILE`);
  const { compare } = await load();
  const comparisons: readonly Comparison[] = [...compare(await read(file))];
  const counts = tally(comparisons);
  process.stdout.write(renderConformance(comparisons, counts));
  return counts.disagreements === 0 && counts.cases > 0 ? 0 : 1;
});

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ZonerError('FILE_UNREADABLE', file, { cause: error });
  }
}
