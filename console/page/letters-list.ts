import { type Html, html } from '#api/page/html.ts';
import { countText, momentText, pluralText } from '#console/page/words.ts';
import type { ContractLetters, Letters } from '#console/survey-letters.ts';
import type { Cause } from '#dead-letters/causes.ts';
import { STATES } from '#dead-letters/letter-book.ts';

interface Placed {
  readonly contract: string;
  readonly cause: Cause;
}

/** The causes of all contracts, the most frequent first, with the proof of a replay. */
export function lettersList(letters: Letters, most: number): Html {
  const all = [...letters]
    .flatMap(([contract, { causes }]) => causes.map((cause): Placed => ({ contract, cause })))
    .sort((a, b) => b.cause.count - a.cause.count);
  if (all.length === 0)
    return html`${otherStates([...letters.values()])}<p class="empty good">No dead letter is open.</p>`;
  const open = all.reduce((sum, { cause }) => sum + cause.count, 0);
  const decodable = all.reduce((sum, { cause }) => sum + cause.decodable, 0);
  const rest = all.length - most;
  return html`<p class="lead"><b>${pluralText(open, 'open letter')}</b> in ${pluralText(all.length, 'cause')}; now decodable: <b>${countText(decodable)} of ${countText(open)}</b>.</p>${otherStates([...letters.values()])}
<ol class="causes">${all.slice(0, most).map(causeItem)}</ol>
${rest > 0 ? html`<p class="more">and ${pluralText(rest, 'cause')} more: see the contracts</p>` : html``}`;
}

function otherStates(all: readonly ContractLetters[]): Html {
  const others = STATES.filter((state) => state !== 'open').flatMap((state) => {
    const count = all.reduce((sum, { states }) => sum + states[state], 0);
    return count === 0 ? [] : [`${countText(count)} ${state}`];
  });
  return others.length === 0 ? html`` : html`<p class="more">Besides: ${others.join(', ')}.</p>`;
}

function causeItem({ contract, cause }: Placed): Html {
  const { code, schemaId, place, count, decodable, firstFailedAt, lastFailedAt, sample, stillFails } = cause;
  const at = place === null ? '' : ` at ${place}`;
  const by = schemaId === null ? '' : `, schema id ${schemaId}`;
  return html`<li><div class="cause"><b class="code">${code}</b>${at}${by} <span class="of">in <a id="cause-${contract}-${cause.cause}" href="/contracts/${encodeURIComponent(contract)}">${contract}</a></span></div>
<div class="proof">${proofBar(decodable, count)}<span>now decodable: <b>${countText(decodable)} of ${countText(count)}</b></span></div>
<p>${sample.reason}</p>
<p class="more">${momentText(firstFailedAt)} to ${momentText(lastFailedAt)}; such as <a href="${recordHref(sample.id)}">${shortId(sample.id)}</a>${stillFails !== null && decodable > 0 ? html`<br>The others still fail: ${stillFails.code} ${stillFails.reason}` : html``}</p>
${decodable > 0 ? html`<p><code>zoner dead-letters replay ${contract} --cause ${cause.cause}</code></p>` : html``}</li>`;
}

function proofBar(decodable: number, count: number): Html {
  const width = count === 0 ? 0 : (decodable / count) * 100;
  return html`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="bar-all" width="100" height="6"/><rect class="bar-done" width="${width.toFixed(2)}" height="6"/></svg>`;
}

/** The record's page of a letter's id: `<cluster>/<topic>/<partition>/<offset>`. */
export function recordHref(id: string): string {
  const [, topic = '', partition = '', offset = ''] = id.split('/');
  return `/record?${new URLSearchParams({ topic, partition, offset })}`;
}

const shortId = (id: string): string => id.split('/').slice(1).join('/');
