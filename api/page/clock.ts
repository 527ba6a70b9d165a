import { type Html, html } from '#api/page/html.ts';
import { timeText } from '#api/page/words.ts';
import { WINDOW_NAMES, type Window, type WindowKind } from '#recommendations/advice/window.ts';
import { HOUR_MS, localHour } from '#recommendations/local-time.ts';

/** Radius of each kind's ring, in the units of the drawing, from the outside in. */
const RINGS: Readonly<Record<WindowKind, number>> = {
  'seek-light': 132,
  'avoid-light': 132,
  sleep: 110,
  nap: 110,
  eat: 88,
  'no-caffeine': 70,
};
const TODAY_MS = 24 * HOUR_MS;

/** The windows of the next 24 hours on a clock of 24: noon on top, midnight below, a hand for now. */
export function clockSvg(windows: readonly Window[], now: number, timeZone: string): Html {
  const end = now + TODAY_MS;
  const today = windows
    .filter(({ from, until }) => from < end && until > now)
    .map((each) => ({ ...each, from: Math.max(each.from, now), until: Math.min(each.until, end) }));
  const told = today.map(
    ({ kind, from, until }) =>
      `${WINDOW_NAMES[kind]} from ${timeText(from, timeZone)} to ${timeText(until, timeZone)}`,
  );
  const hand = angleOf(now, timeZone);
  return html`<svg class="clock" viewBox="-180 -180 360 360" role="img" aria-labelledby="clock-title clock-text">
<title id="clock-title">The next 24 hours</title><desc id="clock-text">It is ${timeText(now, timeZone)}. ${told.join('. ')}.</desc>
${[132, 110, 88, 70].map((radius) => html`<circle class="ring" r="${radius}"/>`)}
${today.map(({ kind, from, until }) => html`<path class="arc ${kind}" d="${arc(RINGS[kind], angleOf(from, timeZone), ((until - from) / TODAY_MS) * 360)}"/>`)}
${Array.from({ length: 24 }, (_, hour) => hourMark(hour))}
<line class="hand" x1="0" y1="0" x2="${x(146, hand)}" y2="${y(146, hand)}"/><circle class="hub" r="40"/>
<text class="now" y="6">${timeText(now, timeZone)}</text></svg>`;
}

function hourMark(hour: number): Html {
  const angle = (hour - 12) * 15;
  if (hour % 3 !== 0) return html`<circle class="dot" cx="${x(150, angle)}" cy="${y(150, angle)}" r="1.5"/>`;
  return html`<text class="hour" x="${x(162, angle)}" y="${y(162, angle) + 5}">${hour}</text>`;
}

/** Degrees clockwise from the top, where noon is. */
function angleOf(instant: number, timeZone: string): number {
  return (localHour(instant, timeZone) - 12) * 15;
}

const x = (radius: number, degrees: number): number => round(radius * Math.sin((degrees * Math.PI) / 180));
const y = (radius: number, degrees: number): number => round(-radius * Math.cos((degrees * Math.PI) / 180));
const round = (value: number): number => Math.round(value * 100) / 100;

function arc(radius: number, start: number, sweep: number): string {
  const end = start + Math.min(sweep, 359.9);
  const isLong = sweep > 180 ? 1 : 0;
  return `M${x(radius, start)} ${y(radius, start)}A${radius} ${radius} 0 ${isLong} 1 ${x(radius, end)} ${y(radius, end)}`;
}
