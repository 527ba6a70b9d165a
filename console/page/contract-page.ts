import { type Html, html } from '#api/page/html.ts';
import type { Board, TablePlan } from '#console/board.ts';
import type { ContractSchemas, ContractVersion } from '#console/contract-versions.ts';
import { flowOfContract, levelText } from '#console/page/contracts-table.ts';
import { flowFigure } from '#console/page/flow-svg.ts';
import { frame, sectionOf } from '#console/page/frame.ts';
import { lettersList } from '#console/page/letters-list.ts';
import { planList } from '#console/page/plan-list.ts';
import type { Contract } from '#contract/contract.ts';

const EVERYTHING = 1000;

/** One contract: its flow, its letters, its versions with the fields that changed, its table. */
export function contractPage(board: Board, contract: Contract): string {
  const { name, topic, table, owner, key, partitions, retentionDays, root } = contract;
  const main = html`<h1>${name}</h1><p class="lead">${root.doc ?? ''}</p>
<dl class="facts">${fact('Topic', topic)}${fact('Key', key)}${fact('Partitions', String(partitions))}${fact('Kept for', `${retentionDays} days`)}${fact('Table', table)}${fact('Owner', owner ?? 'nobody is named')}</dl>
${sectionOf('flow', 'The last hour', board.flows(), () => flowFigure(flowOfContract(board, contract), board.rows() !== null))}
${sectionOf('letters', 'Dead letters', board.letters(), (letters) => {
  const own = letters.get(name);
  return lettersList(new Map(own === undefined ? [] : [[name, own]]), EVERYTHING);
})}
${sectionOf('versions', 'Versions', board.schemas(), (schemas) => versionsList(schemas.get(name) ?? null, contract))}
${sectionOf('plan', 'Table', board.plan(), (plan) => planList(planOf(plan, table), EVERYTHING))}`;
  return frame(name, board, main);
}

function fact(name: string, value: string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** The statements about a contract's table and its views, whose names begin with the table's. */
function planOf({ steps, refusals }: TablePlan, table: string): TablePlan {
  const isOwn = ({ object }: { readonly object: string }): boolean =>
    object === table || object.startsWith(`${table}.`) || object.startsWith(`${table}_`);
  return { steps: steps.filter(isOwn), refusals: refusals.filter(isOwn) };
}

function versionsList(schemas: ContractSchemas | null, { compatibility }: Contract): Html {
  if (schemas === null || schemas.versions.length === 0)
    return html`<p class="empty">Nothing is registered yet: <code>zoner registry apply</code></p>`;
  return html`<p>Level: <b${schemas.level === compatibility ? html`` : html` class="bad"`}>${levelText(schemas, compatibility)}</b></p>
${schemas.pending.length === 0 ? html`` : html`<ul class="attention">${schemas.pending.map((each) => html`<li class="wrong">${each}</li>`)}</ul>`}
<ol class="versions">${schemas.versions.map(versionItem)}</ol>`;
}

function versionItem(
  { version, schemaId, changes }: ContractVersion,
  index: number,
  all: readonly ContractVersion[],
): Html {
  const title = version === null ? 'In this folder, not registered' : `Version ${version}`;
  const id =
    schemaId === null ? (version === null ? '' : 'no longer in the registry') : `schema id ${schemaId}`;
  return html`<li><b>${title}</b> <span class="more">${id}</span>${
    changes.length === 0
      ? html`<p class="more">${index === all.length - 1 ? 'The first version.' : 'No field changed.'}</p>`
      : html`<ul class="changes">${changes.map(
          ({ rule, at, message, weight }) =>
            html`<li class="${weight}"><code>${at}</code> <span class="rule">${rule}</span><br>${message}</li>`,
        )}</ul>`
  }</li>`;
}
