import { type Html, html } from '#api/page/html.ts';
import type { TablePlan } from '#console/board.ts';
import { pluralText } from '#console/page/words.ts';

const CLASS_WORDS = { safe: 'safe', 'needs-data': 'looks at rows', destructive: 'destructive' } as const;

/** What `zoner snowflake apply` would do. */
export function planList({ steps, refusals }: TablePlan, most: number): Html {
  if (steps.length === 0 && refusals.length === 0)
    return html`<p class="empty good">Tables and views are as the contracts say.</p>`;
  const rest = steps.length - most;
  return html`<p class="lead"><b>${pluralText(steps.length, 'statement')}</b> would bring the tables to the contracts: <code>zoner snowflake plan</code></p>
${refusals.length === 0 ? html`` : html`<ul class="refusals">${refusals.map(({ object, reason, wayOut }) => html`<li><b>${object}</b>: ${reason}<br><span class="more">${wayOut}</span></li>`)}</ul>`}
<ol class="steps">${steps.slice(0, most).map(
    (
      step,
      index,
    ) => html`<li><span class="class ${step.class}">${CLASS_WORDS[step.class]}</span> ${step.description}${step.rows === null ? html`` : html` <span class="more">${step.rows}</span>`}
<details id="step-${index}"><summary id="step-${index}-open">SQL</summary><pre tabindex="0">${step.sql}</pre><p class="more">${step.reason}</p></details></li>`,
  )}</ol>${rest > 0 ? html`<p class="more">and ${pluralText(rest, 'statement')} more</p>` : html``}`;
}
