import { type Html, html } from '#api/page/html.ts';
import type { Board } from '#console/board.ts';
import type { RecordPlace } from '#console/record-life.ts';

/** Asks for one record by its place. Works without scripts. */
export function searchForm({ contracts }: Board, place: RecordPlace | null): Html {
  return html`<form class="search" action="/record" method="get" role="search" aria-label="Find a record">
<label for="topic">Topic<select id="topic" name="topic">${contracts.map(
    ({ topic }) => html`<option${topic === place?.topic ? html` selected` : html``}>${topic}</option>`,
  )}</select></label>
<label for="partition">Partition<input id="partition" name="partition" required inputmode="numeric" pattern="[0-9]{1,9}" autocomplete="off" value="${place === null ? '0' : place.partition}"></label>
<label for="offset">Offset<input id="offset" name="offset" required inputmode="numeric" pattern="[0-9]{1,19}" autocomplete="off" value="${place === null ? '' : String(place.offset)}"></label>
<button type="submit">Find</button></form>`;
}
