/**
 * A count that only grows, at the end of each minute of `(from, to)`, asked as seldom as possible: where both ends of a
 * stretch say the same, nothing happened in between and nobody is asked.
 * @param ends what is known at `from` and at `to`
 */
export async function readPast(
  [from, to]: readonly [number, number],
  [atFrom, atTo]: readonly [bigint, bigint],
  ask: (minute: number) => Promise<bigint>,
  enter: (minute: number, count: bigint) => void,
): Promise<void> {
  if (to - from < 2) return;
  if (atFrom === atTo) {
    for (let minute = from + 1; minute < to; minute += 1) enter(minute, atFrom);
    return;
  }
  const middle = Math.floor((from + to) / 2);
  const atMiddle = await ask(middle);
  enter(middle, atMiddle);
  await Promise.all([
    readPast([from, middle], [atFrom, atMiddle], ask, enter),
    readPast([middle, to], [atMiddle, atTo], ask, enter),
  ]);
}
