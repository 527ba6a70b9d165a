import { stripVTControlCharacters } from 'node:util';

/** What a person has to put right before anything can be installed: one sentence, no stack trace. */
export class Refusal extends Error {}

const DISK_FULL = 'the disk is full. Free about 1 GB and run the command again; what is complete is kept.';

/** Blank lines, and those in which Maven, after the reason, explains how to run Maven. */
const SAYS_NOTHING =
  /^(\[ERROR\])?\s*$|\[Help 1\] http|full stack trace|full debug logging|For more information about/;

/** The refusal for a failed tool: a full disk is named as such, everything else by the tool's own last words. */
export function refusalOf(what, output) {
  if (/ENOSPC|no space left on device/i.test(output)) return new Refusal(`${what} failed: ${DISK_FULL}`);
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .filter((line) => !SAYS_NOTHING.test(line));
  const words = lines
    .slice(-4)
    .map((line) => line.slice(0, 500))
    .join('\n  ');
  return new Refusal(
    `${what} failed; it said:\n  ${words}\nRun the command again; what is complete is kept.`,
  );
}

/** The sentence for whatever was thrown; a stack trace only for a defect. */
export function sentenceOf(error) {
  if (error instanceof Refusal) return error.message;
  if (error.code === 'ENOSPC') return DISK_FULL;
  // A call that the system refused: its message names the call and the path.
  return error.syscall === undefined ? error.stack : `cannot install: ${error.message}`;
}
