import type { Advice, Journey } from '#recommendations/advice/advise.ts';
import type { Nights } from '#recommendations/advice/nights.ts';
import { lengthText, WINDOW_NAMES, type Window } from '#recommendations/advice/window.ts';
import { clock, HOUR_MS, localHour, localText } from '#recommendations/local-time.ts';

const SOCIAL_JET_LAG_THAT_COUNTS = 1;
const IRREGULARITY_THAT_COUNTS = 1;
const TODAY_HOURS = 24;

/** Today's plan as a person would like to read it. */
export function renderAdvice(userId: string, advice: Advice): string {
  const { at, timeZone, confidence, nights, phase, journey, windows } = advice;
  if (timeZone === null) return `${userId}: nothing is known yet, so there is nothing to recommend.`;
  const known = `${userId}, ${timeZone}: ${nights.count} ${nights.count === 1 ? 'night' : 'nights'} known, confidence ${confidence}.`;
  if (nights.habit === null || phase === null) {
    return `${known}\nA habit shows after three nights; until then there is nothing to recommend.`;
  }
  const lines = [known, habitLine(nights), phaseLine(advice)];
  if (journey !== null) lines.push(journeyLine(journey));
  const today = windows.filter(({ from }) => from < at + TODAY_HOURS * HOUR_MS);
  lines.push('', ...table(today, timeZone));
  const later = windows.filter(
    ({ from, kind }) =>
      from >= at + TODAY_HOURS * HOUR_MS && (kind === 'seek-light' || kind === 'avoid-light'),
  );
  if (later.length > 0) lines.push('', 'The light of the days after:', ...later.map(laterLine));
  lines.push('', 'Advice, not medicine.');
  return lines.join('\n');
}

function habitLine({ habit, irregularity, socialJetLag }: Nights): string {
  if (habit === null) return '';
  const bed = habit.wake - habit.sleepHours;
  const parts = [`You usually sleep from ${clock(bed)} to ${clock(habit.wake)}`];
  if (irregularity !== null) {
    const verdict =
      irregularity > IRREGULARITY_THAT_COUNTS ? ': more regular nights would steady your clock' : '';
    parts.push(`give or take ${lengthText(irregularity)}${verdict}`);
  }
  const text = `${parts.join(', ')}.`;
  if (socialJetLag === null || Math.abs(socialJetLag) < SOCIAL_JET_LAG_THAT_COUNTS) return text;
  const side = socialJetLag > 0 ? 'later' : 'earlier';
  return `${text}\nOn free days ${lengthText(socialJetLag)} ${side} than on work days: that is a small jet lag each week. Get up on free days within an hour of your usual time.`;
}

function phaseLine({ phase, timeZone }: Advice): string {
  if (phase === null || timeZone === null) return '';
  const coldest = clock(localHour(phase.cbtMin, timeZone));
  const evening = clock(localHour(phase.dlmo, timeZone));
  const late =
    Math.abs(phase.late) < 0.25
      ? 'where your habits want it'
      : `${lengthText(phase.late)} ${phase.late > 0 ? 'later' : 'earlier'} than your habits want it`;
  return `Your body's evening begins at about ${evening}, its coldest hour is about ${coldest}: ${late}.`;
}

function journeyLine({ move, ahead, days, settles, direction }: Journey): string {
  const far = `${lengthText(ahead)} ${ahead > 0 ? 'ahead' : 'behind'}`;
  if (move.departsAt === move.arrivesAt) {
    const when = localText(move.departsAt, move.destination);
    return `Clocks change to ${far} at ${when}: a small jet lag. The light below moves your clock ${direction}.`;
  }
  const route = `${move.origin} to ${move.destination}, whose clocks are ${far}`;
  const flight = `departs ${localText(move.departsAt, move.origin)}, arrives ${localText(move.arrivesAt, move.destination)}`;
  const end = settles
    ? `If you keep this plan, your clock settles by the ${ordinal(days)} morning after arrival, by going ${direction}.`
    : `This plan brings your clock near in ${days} days, by going ${direction}.`;
  return `Journey: ${route} (${flight}, local times).\n${end}`;
}

function ordinal(count: number): string {
  const words = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth'];
  return words[count] ?? `${count}th`;
}

function table(windows: readonly Window[], home: string): readonly string[] {
  return windows.map(({ kind, from, until, timeZone, reason }) => {
    const place = timeZone === home ? '' : ` (${timeZone})`;
    const times = `${localText(from, timeZone).slice(5)} to ${localText(until, timeZone).slice(11)}${place}`;
    return `  ${times}  ${WINDOW_NAMES[kind]}. ${reason}`;
  });
}

function laterLine({ kind, from, until, timeZone }: Window): string {
  return `  ${localText(from, timeZone)} to ${localText(until, timeZone).slice(11)} (${timeZone})  ${WINDOW_NAMES[kind]}`;
}

/** The same for programs: instants as ISO 8601, hours as numbers. */
export function adviceToJson(userId: string, advice: Advice): object {
  const { at, timeZone, confidence, nights, phase, journey, windows } = advice;
  const iso = (instant: number): string => new Date(Math.round(instant)).toISOString();
  return {
    userId,
    at: iso(at),
    timeZone,
    confidence,
    nights: nights.count,
    habit:
      nights.habit === null ? null : { wakeHour: nights.habit.wake, sleepHours: nights.habit.sleepHours },
    irregularityHours: nights.irregularity,
    socialJetLagHours: nights.socialJetLag,
    phase:
      phase === null
        ? null
        : { melatoninOnset: iso(phase.dlmo), temperatureMinimum: iso(phase.cbtMin), lateHours: phase.late },
    journey:
      journey === null
        ? null
        : {
            ...journey,
            move: {
              ...journey.move,
              departsAt: iso(journey.move.departsAt),
              arrivesAt: iso(journey.move.arrivesAt),
            },
          },
    windows: windows.map(({ kind, from, until, timeZone: zone, reason }) => {
      const local = { fromLocal: localText(from, zone), untilLocal: localText(until, zone) };
      return { kind, from: iso(from), until: iso(until), timeZone: zone, ...local, reason };
    }),
  };
}
