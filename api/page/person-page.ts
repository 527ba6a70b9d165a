import { type Course, readCourse } from '#api/circadian-course.ts';
import { actogramSvg, nightsTable } from '#api/page/actogram.ts';
import { clockSvg } from '#api/page/clock.ts';
import { documentOf, type Html, html } from '#api/page/html.ts';
import { cityText, dayText, timeText } from '#api/page/words.ts';
import type { Advice, Journey } from '#recommendations/advice/advise.ts';
import { lengthText, WINDOW_NAMES, type Window } from '#recommendations/advice/window.ts';
import { clock, HOUR_MS, localHour, localText } from '#recommendations/local-time.ts';
import type { Known } from '#recommendations/store.ts';

/** What is known of a person, and the version of it. */
type Shown = Pick<Known, 'history' | 'version'>;

/** A person's page: today on a clock, the way of a journey, the last two weeks. Works without scripts. */
export function personPage(userId: string, advice: Advice, { history, version }: Shown): string {
  const script = html`<script src="/assets/live.js" defer></script>`;
  return documentOf(
    `${userId} · Zoner`,
    personMain(userId, advice, readCourse(history, advice.at), { history, version }),
    script,
  );
}

function personMain(userId: string, advice: Advice, course: Course, { history, version }: Shown): Html {
  const { at, timeZone, journey, windows, phase } = advice;
  const status = html`<p id="live" role="status" data-events="/v1/users/${encodeURIComponent(userId)}/events" data-version="${version}"><noscript>Reload this page to see what is new.</noscript></p>`;
  if (timeZone === null || phase === null) {
    return html`<h1>${userId}</h1>${status}<p>${advice.nights.count} of the three nights that make a habit are known. Until then there is nothing to recommend.</p>`;
  }
  const today = windows.filter(({ from }) => from < at + 24 * HOUR_MS);
  return html`<h1>${userId}</h1><p class="lead">${cityText(timeZone)}, ${dayText(at, timeZone)} ${timeText(at, timeZone)}. ${summary(advice, timeZone)}</p>${status}
<section aria-labelledby="today"><h2 id="today">The next 24 hours</h2><div class="today">
<figure>${clockSvg(windows, at, timeZone)}<figcaption>Noon is on top. ${LEGEND}</figcaption></figure>
<ol class="windows">${today.map((each) => windowItem(each, timeZone))}</ol></div></section>
${journey === null ? html`` : journeySection(journey, windows)}
<section aria-labelledby="weeks"><h2 id="weeks">The last two weeks</h2><figure><div class="scroll" tabindex="0" role="region" aria-label="Actogram">${actogramSvg(history, course, at, timeZone)}</div>
<figcaption>${ACTOGRAM_LEGEND} Times of ${cityText(timeZone)}.</figcaption></figure>
${nightsTable(course, timeZone)}</section>`;
}

const keyOf = (name: string, text: string): Html =>
  html`<span class="entry"><span class="key ${name}"></span> ${text}</span> `;

const LEGEND = [
  keyOf('seek-light', 'seek light'),
  keyOf('avoid-light', 'avoid light'),
  keyOf('sleep', 'sleep'),
  keyOf('eat', 'eat'),
  keyOf('no-caffeine', 'no caffeine'),
];

const ACTOGRAM_LEGEND = [
  keyOf('slept', 'slept'),
  keyOf('lit', 'measured light'),
  keyOf('dlmo', 'melatonin begins, predicted'),
  keyOf('cbtmin', 'coldest hour, predicted'),
];

function summary({ confidence, nights, phase }: Advice, timeZone: string): string {
  if (phase === null) return '';
  const late =
    Math.abs(phase.late) < 0.25
      ? 'where your habits want it'
      : `${lengthText(phase.late)} ${phase.late > 0 ? 'later' : 'earlier'} than your habits want it`;
  const coldest = clock(localHour(phase.cbtMin, timeZone));
  return `Your body’s coldest hour is about ${coldest}: ${late}. ${nights.count} nights known, confidence ${confidence}.`;
}

function windowItem({ kind, from, until, timeZone, reason }: Window, home: string): Html {
  const place = timeZone === home ? '' : ` in ${cityText(timeZone)}`;
  return html`<li class="${kind}"><b>${WINDOW_NAMES[kind]}</b> <span class="time">${timeText(from, timeZone)} to ${timeText(until, timeZone)}${place}</span><br><small>${reason}</small></li>`;
}

function journeySection({ move, days, settles, direction }: Journey, windows: readonly Window[]): Html {
  const { origin, destination, departsAt, arrivesAt } = move;
  const isFlight = departsAt !== arrivesAt;
  const what = isFlight
    ? `${cityText(origin)} to ${cityText(destination)}: departs ${localText(departsAt, origin)}, arrives ${localText(arrivesAt, destination)}, local times. `
    : `The clocks of ${cityText(origin)} change at ${localText(departsAt, destination)}. `;
  const end = settles
    ? `If you keep this plan, your clock settles within ${days} ${days === 1 ? 'day' : 'days'}, by going ${direction}.`
    : `This plan brings your clock near in ${days} days, by going ${direction}.`;
  return html`<section aria-labelledby="journey"><h2 id="journey">${isFlight ? 'Your journey' : 'The change of the clock'}</h2><p>${what}${end}</p>
<div class="days">${daysOf(windows).map(([day, own]) => dayTable(day, own, origin, destination))}</div></section>`;
}

function daysOf(windows: readonly Window[]): readonly (readonly [day: string, windows: readonly Window[]])[] {
  const days = new Map<string, Window[]>();
  for (const each of windows) {
    const day = dayText(each.from, each.timeZone);
    days.set(day, [...(days.get(day) ?? []), each]);
  }
  return [...days];
}

function dayTable(day: string, windows: readonly Window[], origin: string, destination: string): Html {
  const zones = [...new Set([origin, destination])];
  const span = ({ from, until }: Window, zone: string): string =>
    `${timeText(from, zone)}–${timeText(until, zone)}`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Plan of ${day}"><table><caption>${day}</caption>
<thead><tr><th scope="col">What</th>${zones.map((zone) => html`<th scope="col">${cityText(zone)} time</th>`)}</tr></thead>
<tbody>${windows.map((each) => html`<tr class="${each.kind}"><th scope="row">${WINDOW_NAMES[each.kind]}</th>${zones.map((zone) => html`<td>${span(each, zone)}</td>`)}</tr>`)}</tbody></table></div>`;
}
