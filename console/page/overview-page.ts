import { type Html, html } from '#api/page/html.ts';
import { type Attention, attentionOf } from '#console/attention.ts';
import type { Board } from '#console/board.ts';
import { minuteOf, sumOfFlows } from '#console/flow.ts';
import { contractsTable, flowOfContract } from '#console/page/contracts-table.ts';
import { flowFigure } from '#console/page/flow-svg.ts';
import { frame, sectionOf } from '#console/page/frame.ts';
import { lettersList } from '#console/page/letters-list.ts';
import { planList } from '#console/page/plan-list.ts';
import { searchForm } from '#console/page/search-form.ts';
import { pluralText } from '#console/page/words.ts';

const MOST_CAUSES = 6;
const MOST_STEPS = 8;

/**
 * The first page, which is drawn once for whatever is read, and once a minute for the picture of the last hour moves: so
 * that what it costs does not grow with those who look at it.
 */
export function createOverviewPage(board: Board): () => string {
  let drawn: { readonly of: string; readonly main: Html } | null = null;
  return () => {
    // Somebody looks: what is too old is read anew.
    board.look();
    const of = `${board.version}/${minuteOf(board.now)}`;
    if (drawn?.of !== of) drawn = { of, main: overviewOf(board) };
    return frame('Overview', board, drawn.main);
  };
}

/** Everything at a glance: what needs somebody, the flow of the last hour, dead letters, tables, contracts. */
function overviewOf(board: Board): Html {
  const flows = board.flows();
  const rows = board.rows();
  return html`${headline(board)}
${sectionOf('flow', 'The last hour', flows, () =>
  flowFigure(sumOfFlows(board.contracts.map((each) => flowOfContract(board, each))), rows !== null),
)}
${rows !== null && rows.trouble !== null ? html`<p class="trouble" role="alert"><b>Rows cannot be counted now.</b> ${rows.trouble.message} ${rows.trouble.remedy ?? ''}</p>` : html``}
<div class="pair">${sectionOf('letters', 'Dead letters', board.letters(), (letters) => lettersList(letters, MOST_CAUSES))}
<div>${sectionOf('plan', 'Tables', board.plan(), (plan) => planList(plan, MOST_STEPS))}
<section aria-labelledby="find-title"><h2 id="find-title">Find a record</h2>${searchForm(board, null)}</section></div></div>
${sectionOf('contracts', 'Contracts', board.schemas(), (schemas) => contractsTable(board, schemas))}`;
}

function headline(board: Board): Html {
  const attention = attentionOf(board);
  const wrong = attention.filter(({ weight }) => weight === 'wrong').length;
  const looks = [board.flows(), board.rows(), board.letters(), board.schemas(), board.plan()];
  const troubled = looks.filter((look) => look !== null && look.trouble !== null).length;
  const isRead = looks.every((look) => look === null || look.value !== null || look.trouble !== null);
  const says =
    troubled > 0
      ? 'Not everything can be read'
      : wrong > 0
        ? `${pluralText(wrong, 'thing needs', 'things need')} somebody`
        : isRead
          ? `Everything flows${openText(board)}`
          : 'Looking around';
  const state = troubled + wrong > 0 ? 'bad' : isRead ? 'good' : 'soft';
  return html`<h1 class="verdict ${state}"><span class="lamp" aria-hidden="true"></span>${says}</h1>
${attention.length === 0 ? html`` : html`<ul class="attention">${attention.map(attentionItem)}</ul>`}`;
}

/** Dead letters are no fault of the flow, and none is to be overlooked behind a green lamp. */
function openText(board: Board): string {
  const letters = [...(board.letters().value?.values() ?? [])];
  const open = letters.reduce((sum, { states }) => sum + states.open, 0);
  return open === 0 ? '' : `; ${pluralText(open, 'dead letter is', 'dead letters are')} open`;
}

function attentionItem({ weight, says, command }: Attention): Html {
  return html`<li class="${weight}">${says}${command === null ? html`` : html` <code>${command}</code>`}</li>`;
}
