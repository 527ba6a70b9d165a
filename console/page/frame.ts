import { type Html, html } from '#api/page/html.ts';
import type { Board } from '#console/board.ts';
import { timeText } from '#console/page/words.ts';
import type { Look } from '#console/section.ts';

/** A page of the console. It is complete without scripts. */
export function frame(title: string, board: Board, main: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title} · Zoner console</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/assets/page.css"><link rel="stylesheet" href="/assets/console.css"><link rel="stylesheet" href="/assets/details.css"><link rel="icon" href="/assets/icon.svg"><script src="/assets/live.js" defer></script></head>
<body class="console"><a class="skip" href="#main">Skip to content</a>
<header><a class="brand" href="/">Zoner console</a><a href="/record">Find a record</a>
<span id="live" role="status" data-events="/events" data-version="${board.version}" data-says="As of ${timeText(board.now)}">As of ${timeText(board.now)}<noscript>; reload to see what is new</noscript></span></header>
<main id="main" tabindex="-1">${main}</main>
<footer>Reads only. Times are UTC.</footer></body></html>
`.text;
}

/** A section of a page: what is known, or why nothing is, and how old it is. */
export function sectionOf<Value>(
  id: string,
  title: string,
  look: Look<Value> | null,
  content: (value: Value) => Html,
): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${troubleOf(look)}${contentOf(look, content)}</section>`;
}

function troubleOf<Value>(look: Look<Value> | null): Html {
  if (look === null)
    return html`<p class="empty">No warehouse is set: nothing is loaded. Set SNOWFLAKE_ACCOUNT; see .env.example.</p>`;
  if (look.trouble === null) return html``;
  const { message, remedy } = look.trouble;
  const age = look.at === null ? '' : ` What follows is as of ${timeText(look.at)}.`;
  return html`<div class="trouble" role="alert"><p><b>This cannot be read now.</b> ${message}${age}</p>${remedy === null ? html`` : html`<p>${remedy}</p>`}</div>`;
}

function contentOf<Value>(look: Look<Value> | null, content: (value: Value) => Html): Html {
  if (look === null) return html``;
  if (look.value !== null) return content(look.value);
  return look.trouble === null ? html`<p class="empty">Being read…</p>` : html``;
}
