import { type Advice, clock } from '#recommendations/advice.ts';

/** Advice as a person would like to read it. */
export function renderAdvice(userId: string, advice: Advice): string {
  const { nights, confidence, timeZone, lastMidpoint, habitualMidpoint, shift, recommendations } = advice;
  if (lastMidpoint === null) return `${userId}: no sleep is known yet, so there is nothing to recommend.`;
  const known = `${userId}, ${timeZone}: ${nights} night${nights === 1 ? '' : 's'} known, confidence ${confidence}.`;
  if (habitualMidpoint === null || shift === null) {
    return `${known}\nThe middle of the last night was ${clock(lastMidpoint)}; a habit shows after four nights.`;
  }
  const direction =
    Math.abs(shift) < 0.25
      ? 'as usual'
      : `${Math.abs(shift).toFixed(1)} h ${shift > 0 ? 'later' : 'earlier'} than usual`;
  return [
    known,
    `Middle of the last night ${clock(lastMidpoint)}, of a usual one ${clock(habitualMidpoint)}: ${direction}.`,
    ...recommendations.map(({ from, until, what, why }) => `  ${from} to ${until}  ${what}. ${why}`),
    'Advice, not medicine.',
  ].join('\n');
}
