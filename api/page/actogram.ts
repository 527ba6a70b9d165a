import type { Course } from '#api/circadian-course.ts';
import { type Html, html } from '#api/page/html.ts';
import { dayText, timeText } from '#api/page/words.ts';
import { dateOf, HOUR_MS, instantOf, MINUTE_MS } from '#recommendations/local-time.ts';
import type { History } from '#recommendations/person/history.ts';

const DAYS = 14;
const ROW = 18;
const LEFT = 88;
const HOUR = 22;
const TOP = 24;

interface Bar {
  readonly from: number;
  readonly until: number;
  readonly kind: 'slept' | 'lit';
}

/** Two weeks, a row a day from noon to noon: what was slept and measured, and where the model sees the body's night. */
export function actogramSvg(history: History, { nights }: Course, now: number, timeZone: string): Html {
  const today = dateOf(now, timeZone);
  const rows = Array.from({ length: DAYS }, (_, index) => {
    const start = instantOf(today.subtract({ days: DAYS - index }), 12, timeZone);
    return { start, y: TOP + index * ROW };
  });
  const bars: readonly Bar[] = [
    ...history.light.map(({ end, minutes }) => ({
      from: (end - minutes) * MINUTE_MS,
      until: end * MINUTE_MS,
      kind: 'lit' as const,
    })),
    ...history.sleep.map(({ end, minutes }) => ({
      from: (end - minutes) * MINUTE_MS,
      until: end * MINUTE_MS,
      kind: 'slept' as const,
    })),
  ];
  const width = LEFT + 24 * HOUR + 12;
  return html`<svg class="actogram" viewBox="0 0 ${width} ${TOP + DAYS * ROW + 6}" role="img" aria-labelledby="actogram-title actogram-text">
<title id="actogram-title">The last ${DAYS} days</title><desc id="actogram-text">Sleep as bars, a row a day from noon to noon; the table below says the same.</desc>
${[12, 18, 0, 6, 12].map((hour, index) => html`<text class="hour" x="${LEFT + index * 6 * HOUR}" y="14">${hour}</text><line class="grid" x1="${LEFT + index * 6 * HOUR}" x2="${LEFT + index * 6 * HOUR}" y1="${TOP - 4}" y2="${TOP + DAYS * ROW}"/>`)}
${rows.map(({ start, y }) => rowSvg(start, y, timeZone, bars, nights))}</svg>`;
}

function rowSvg(
  start: number,
  y: number,
  timeZone: string,
  bars: readonly Bar[],
  nights: Course['nights'],
): Html {
  const end = start + 24 * HOUR_MS;
  const at = (instant: number): number => Math.round((LEFT + ((instant - start) / HOUR_MS) * HOUR) * 10) / 10;
  const inRow = (instant: number): boolean => instant >= start && instant < end;
  const shown = bars.filter(({ from, until }) => from < end && until > start);
  return html`<text class="day" x="${LEFT - 10}" y="${y + 11}">${dayText(start, timeZone)}</text><line class="grid" x1="${LEFT}" x2="${LEFT + 24 * HOUR}" y1="${y + 15}" y2="${y + 15}"/>
${shown.map(({ from, until, kind }) => {
  const left = at(Math.max(from, start));
  return html`<rect class="${kind}" x="${left}" y="${y}" height="13" rx="2" width="${Math.round((at(Math.min(until, end)) - left) * 10) / 10}"/>`;
})}
${nights.filter(({ dlmo }) => inRow(dlmo)).map(({ dlmo }) => html`<path class="dlmo" d="M${at(dlmo)} ${y + 1}l5 11h-10z"/>`)}
${nights.filter(({ cbtMin }) => inRow(cbtMin)).map(({ cbtMin }) => html`<circle class="cbtmin" cx="${at(cbtMin)}" cy="${y + 6.5}" r="4.5"/>`)}`;
}

/** The same for those who read or listen: each night of the body. */
export function nightsTable({ nights }: Course, timeZone: string): Html {
  const ordered = nights.toReversed().slice(0, DAYS);
  return html`<details><summary>The body’s nights as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="The body’s nights"><table>
<thead><tr><th scope="col">Night before</th><th scope="col">Melatonin begins (DLMO)</th><th scope="col">Coldest hour (CBTmin)</th></tr></thead>
<tbody>${ordered.map(({ dlmo, cbtMin }) => html`<tr><th scope="row">${dayText(cbtMin, timeZone)}</th><td>${timeText(dlmo, timeZone)}</td><td>${timeText(cbtMin, timeZone)}</td></tr>`)}</tbody></table></div></details>`;
}
