import { type Html, html } from '#api/page/html.ts';
import { schemaIdOf } from '#avro/frame.ts';
import type { Board } from '#console/board.ts';
import { frame } from '#console/page/frame.ts';
import { searchForm } from '#console/page/search-form.ts';
import { countText, momentText, pluralText } from '#console/page/words.ts';
import {
  type Answer,
  answerOf,
  type Fate,
  type FoundLetter,
  fateOf,
  type RecordLife,
} from '#console/record-life.ts';
import { TRACE_PARENT, traceIdOf } from '#core/trace-parent.ts';
import { causeOf } from '#dead-letters/causes.ts';
import type { Headers } from '#producer/ports.ts';

/** The page that asks for a record, and the life of the one that was asked for. */
export function recordPage(board: Board, life: RecordLife | null): string {
  if (life === null) {
    const main = html`<h1>Find a record</h1><p class="lead">Every offset is a row, a dead letter, skipped, or not consumed yet.</p>${searchForm(board, null)}`;
    return frame('Find a record', board, main);
  }
  const { topic, partition, offset } = life.place;
  const title = `${topic}/${partition}/${offset}`;
  const fate = fateOf(life);
  const main = html`<h1 class="verdict ${STATE_OF[fate]}"><span class="lamp" aria-hidden="true"></span>${fateText(fate, life)}</h1>
<p class="lead">Topic <b>${topic}</b>, partition <b>${partition}</b>, offset <b>${String(offset)}</b></p>
<ol class="life">${writtenStep(life)}${consumedStep(life)}${rowStep(life)}${letterStep(life)}</ol>
${contentOf(life)}<section aria-labelledby="find-title"><h2 id="find-title">Find another</h2>${searchForm(board, life.place)}</section>`;
  return frame(title, board, main);
}

const STATE_OF: Readonly<Record<Fate, 'good' | 'bad' | 'soft'>> = {
  row: 'good',
  erased: 'soft',
  letter: 'bad',
  skipped: 'soft',
  unread: 'soft',
  nowhere: 'bad',
  expired: 'soft',
  unwritten: 'soft',
  unknown: 'bad',
};

function fateText(fate: Fate, { letter }: RecordLife): string {
  switch (fate) {
    case 'row':
      return 'It is a row';
    case 'erased':
      return 'It was erased: somebody asked to be forgotten';
    case 'letter': {
      const state = answerOf(letter)?.known.state ?? 'open';
      return `It is a dead letter: ${state}`;
    }
    case 'skipped':
      return 'It was skipped: a tombstone means no row';
    case 'unread':
      return 'It is not consumed yet';
    case 'nowhere':
      return 'It was consumed, and is in no state';
    case 'expired':
      return 'The broker no longer keeps it, and nothing else knows it';
    case 'unwritten':
      return 'Nothing was written there yet';
    case 'unknown':
      return 'Not everything could be asked';
  }
}

function step(state: 'good' | 'bad' | 'soft', title: string, text: Html): Html {
  return html`<li class="${state}"><h2>${title}</h2>${text}</li>`;
}

/** What an answer says, or why there is none. */
function said<Value>(answer: Answer<Value>, say: (value: Value) => Html): Html {
  if ('value' in answer) return say(answer.value);
  const { message, remedy } = answer.trouble;
  return html`<p class="trouble"><b>This could not be asked.</b> ${message} ${remedy ?? ''}</p>`;
}

function writtenStep({ range, record, writer, content, place, isErased }: RecordLife): Html {
  const found = answerOf(record);
  const text = said(range, (within) => {
    if (within === null) return html`<p>The topic has no such partition.</p>`;
    const kept = `The broker keeps offsets ${within.low} to ${within.high - 1n} of this partition.`;
    if (within.low === within.high) return html`<p>The partition is empty.</p>`;
    if (isErased) return html`<p>${kept} Of an erased record nothing is shown.</p>`;
    if (found == null)
      return html`<p>${kept}</p>${said(record, () => html`${place.offset >= within.low && place.offset < within.high ? html`<p>There is no record at this offset: a marker of a transaction, or compacted away.</p>` : html``}`)}`;
    const id = found.value === null ? 0 : schemaIdOf(found.value);
    const subjects = writer?.kind === 'schema' ? `, ${writer.subjects.join(', ')}` : '';
    const schema = id === 0 ? 'without a frame that names a schema' : `with schema id ${id}${subjects}`;
    return html`<p>${momentText(found.timestamp)}, ${schema}; ${found.value === null ? 'no value' : pluralText(found.value.length, 'byte')}; key ${content?.key ?? 'none'}.</p><p class="more">${kept}</p>${traceText(found.headers)}`;
  });
  return step(found == null ? 'soft' : 'good', 'Written', text);
}

/** The trace that the record belongs to: an id that names nobody. */
function traceText(headers: Headers): Html {
  const header = headers.find(([name]) => name === TRACE_PARENT)?.[1] ?? null;
  const traceId = traceIdOf(header === null ? null : Buffer.from(header).toString('utf8'));
  return traceId === null ? html`` : html`<p class="more">Trace <code>${traceId}</code></p>`;
}

function consumedStep({ committed, place }: RecordLife): Html {
  const next = answerOf(committed) ?? null;
  const isRead = next !== null && next > place.offset;
  const text = said(committed, (at) => {
    if (at === null) return html`<p>The group has read nothing of this partition yet.</p>`;
    if (at > place.offset)
      return html`<p>The group has committed it; it goes on at offset ${String(at)}.</p>`;
    return html`<p>${countText(place.offset - at)} records stand before it; the group goes on at offset ${String(at)}.</p>`;
  });
  return step(isRead ? 'good' : 'soft', 'Consumed', text);
}

function rowStep({ rows }: RecordLife): Html {
  if (rows === null) return step('soft', 'Row', html`<p>No warehouse is set.</p>`);
  const text = said(rows, (all) => {
    const [first] = all;
    if (first === undefined) return html`<p>There is no row of this record.</p>`;
    const double =
      all.length === 1
        ? html``
        : html` <b class="bad">${pluralText(all.length, 'row')} carry its identity: a double.</b>`;
    return html`<p>Loaded at ${momentText(first.loadedAt)}, of schema id ${first.schemaId}.${double}</p>`;
  });
  const count = answerOf(rows)?.length ?? 0;
  return step(count === 1 ? 'good' : count > 1 ? 'bad' : 'soft', 'Row', text);
}

function letterStep({ letter, lettersAt }: RecordLife): Html {
  if (lettersAt === null)
    return step('soft', 'Dead letter', html`<p>The dead letters are being read; reload in a moment.</p>`);
  const found = answerOf(letter) ?? null;
  const text = said(letter, (value) =>
    value === null ? html`<p>No letter of this record is known.</p>` : letterText(value),
  );
  const state = found === null ? 'soft' : found.known.state === 'resolved' ? 'good' : 'bad';
  return step(state, 'Dead letter', html`${text}<p class="more">Letters as of ${momentText(lettersAt)}.</p>`);
}

function letterText({ known, letter, verdict }: FoundLetter): Html {
  if (letter === null) return html`<p>It is ${known.state}; its letter is retained no longer.</p>`;
  const proof =
    verdict === null || known.state === 'resolved'
      ? ''
      : verdict.kind === 'passes'
        ? 'Today it would be a row.'
        : verdict.kind === 'fails'
          ? `Today it would still fail: ${verdict.code} ${verdict.reason}`
          : 'Today it would be skipped.';
  const replay = verdict?.kind === 'passes' && known.state === 'open';
  return html`<p><b class="code">${causeOf(letter)}</b> ${letter.reason}</p>
<p>${known.state}; refused ${pluralText(letter.attempts, 'time')}, first ${momentText(letter.firstFailedAt)}, last ${momentText(letter.lastFailedAt)}${letter.run === null ? '' : `, replayed by ${letter.run}`}. ${proof}</p>
<p><code>${replay ? `zoner dead-letters replay --cause ${causeOf(letter)}` : `zoner dead-letters show ${letter.id}`}</code></p>`;
}

function contentOf({ content }: RecordLife): Html {
  if (content === null) return html``;
  const { decoded, headers, isMasked } = content;
  return html`<section aria-labelledby="content-title"><h2 id="content-title">What it holds</h2>
${'value' in decoded ? html`<pre tabindex="0">${JSON.stringify(decoded.value, null, 2)}</pre>` : html`<p>The value cannot be decoded: ${decoded.problem}</p>`}
${headers.length === 0 ? html`` : html`<p>Headers: ${headers.map(([name]) => name).join(', ')}</p>`}
${isMasked ? html`<p class="more">Personal data, and what may be some, is masked.</p>` : html``}</section>`;
}
