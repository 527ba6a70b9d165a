/** What a person has to put right before anything can be installed: one sentence, no stack trace. */
export class Refusal extends Error {}

/** The refusal for a failed tool: a full disk is named as such, everything else by the tool's own last words. */
export function refusalOf(what, output) {
  if (/ENOSPC|no space left on device/i.test(output)) {
    return new Refusal(`${what} failed: the disk is full. Free about 1 GB and run the command again.`);
  }
  const words = output.trim().split('\n').slice(-6).join('\n  ');
  return new Refusal(
    `${what} failed; it said:\n  ${words}\nRun the command again; what is complete is kept.`,
  );
}
