import { type Html, html } from '#api/page/html.ts';
import { type FlowMinute, MINUTES, startOf, totalOf } from '#console/flow.ts';
import { countText, minuteText } from '#console/page/words.ts';

const STEP = 10;
const WIDTH = MINUTES * STEP;

type Measure = 'produced' | 'rows' | 'letters' | 'lag';

/** The last hour as one picture: lanes over one axis of time, each with its figure. */
export function flowFigure(flow: readonly FlowMinute[], hasWarehouse: boolean): Html {
  const peak = Math.max(1, ...flow.flatMap(({ produced, rows }) => [produced ?? 0, rows ?? 0]));
  const isPartly = flow.some(
    ({ produced, letters, lag }) => produced === null || letters === null || lag === null,
  );
  return html`<figure class="flow">
<div class="lane"><div class="figures">${figure('produced', 'Produced', totalOf(flow, 'produced'))}${hasWarehouse ? figure('rows', 'Rows', totalOf(flow, 'rows')) : html``}<small>at most ${countText(peak)} a minute</small></div>
${lane(flow, 120, `Records produced and rows loaded a minute, at most ${countText(peak)}`, html`${bars(flow, 'produced', peak, 120, 0)}${bars(flow, 'rows', peak, 120, 2.5)}`, 'produced')}</div>
<div class="lane"><div class="figures">${figure('letters', 'Dead letters', totalOf(flow, 'letters'))}</div>${single(flow, 'letters', 'Dead letters a minute')}</div>
<div class="lane"><div class="figures">${figure('lag', 'Lag', flow.findLast(({ lag }) => lag !== null)?.lag ?? null)}<small>records, now</small></div>${single(flow, 'lag', 'Records not yet consumed, at the end of each minute')}</div>
<div class="axis" aria-hidden="true">${[0, 15, 30, 45, 59].map((index) => html`<span>${minuteText(startOf(flow[index]?.minute ?? 0))}</span>`)}</div>
<figcaption>${isPartly ? 'Hatched: nobody looked then. ' : ''}Rows of records that were replayed count when they are loaded.</figcaption></figure>
${flowTable(flow)}`;
}

/** A line of bars for a row of a table. */
export function sparkline(flow: readonly FlowMinute[], name: string): Html {
  const peak = Math.max(1, ...flow.map(({ produced }) => produced ?? 0));
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} 24" preserveAspectRatio="none" role="img" aria-label="Produced in the last hour by ${name}: ${countText(totalOf(flow, 'produced'))}">${bars(flow, 'produced', peak, 24, 0)}</svg>`;
}

function figure(name: Measure, title: string, count: number | null): Html {
  return html`<div class="figure ${name}"><span class="key"></span> <span class="name">${title}</span> <b>${countText(count)}</b></div>`;
}

function single(flow: readonly FlowMinute[], what: 'letters' | 'lag', label: string): Html {
  const peak = Math.max(1, ...flow.map((each) => each[what] ?? 0));
  return lane(flow, 40, `${label}, at most ${countText(peak)}`, bars(flow, what, peak, 40, 0), what);
}

function lane(
  flow: readonly FlowMinute[],
  height: number,
  label: string,
  content: Html,
  known: Measure,
): Html {
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none" class="chart ${known}" role="img" aria-label="${label}">${gaps(flow, known, height)}${content}<line class="grid" x1="0" y1="${height}" x2="${WIDTH}" y2="${height}"/></svg>`;
}

/** Minutes of which nothing is known, as one shape a stretch. */
function gaps(flow: readonly FlowMinute[], what: Measure, height: number): Html {
  const parts = flow.flatMap((each, index) =>
    each[what] === null ? [`M${index * STEP} 0h${STEP}v${height}h-${STEP}z`] : [],
  );
  if (parts.length === 0) return html``;
  const id = `hatch-${what}`;
  return html`<defs><pattern id="${id}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs><path class="unknown" fill="url(#${id})" d="${parts.join('')}"/>`;
}

/** One path for all bars: a page of a hundred contracts has a hundred of them. */
function bars(flow: readonly FlowMinute[], what: Measure, peak: number, height: number, inset: number): Html {
  const width = STEP - 1 - 2 * inset;
  const path = flow.map((each, index) => {
    const count = each[what] ?? 0;
    if (count === 0) return '';
    const tall = Math.max(1.5, (count / peak) * (height - 2));
    return `M${index * STEP + inset} ${height}v-${tall.toFixed(1)}h${width}v${tall.toFixed(1)}z`;
  });
  return html`<path class="bars ${what}" d="${path.join('')}"/>`;
}

const GROUP = 5;

function flowTable(flow: readonly FlowMinute[]): Html {
  const groups = Array.from({ length: MINUTES / GROUP }, (_, index) =>
    flow.slice(index * GROUP, (index + 1) * GROUP),
  );
  return html`<details id="flow-numbers"><summary id="flow-numbers-open">The same in numbers</summary><div class="scroll" tabindex="0" role="region" aria-label="The last hour in numbers"><table>
<thead><tr><th scope="col">From</th><th scope="col">Produced</th><th scope="col">Rows</th><th scope="col">Dead letters</th><th scope="col">Lag</th></tr></thead><tbody>
${groups.map((group) => html`<tr><th scope="row">${minuteText(startOf(group[0]?.minute ?? 0))}</th><td>${countText(totalOf(group, 'produced'))}</td><td>${countText(totalOf(group, 'rows'))}</td><td>${countText(totalOf(group, 'letters'))}</td><td>${countText(group.at(-1)?.lag ?? null)}</td></tr>`)}</tbody></table></div></details>`;
}
