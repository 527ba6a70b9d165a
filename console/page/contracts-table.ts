import { type Html, html } from '#api/page/html.ts';
import type { Board } from '#console/board.ts';
import type { ContractSchemas } from '#console/contract-versions.ts';
import { FlowHistory, type FlowMinute, totalOf } from '#console/flow.ts';
import { sparkline } from '#console/page/flow-svg.ts';
import { countText, pluralText } from '#console/page/words.ts';
import type { Contract } from '#contract/contract.ts';

/** The last hour of one contract, rows included where the warehouse has been asked. */
export function flowOfContract(board: Board, { name, table }: Contract): readonly FlowMinute[] {
  const history = board.flows().value?.get(name)?.history ?? new FlowHistory();
  return history.minutes(board.now, board.rows()?.value?.get(table) ?? null);
}

interface Line {
  readonly contract: Contract;
  readonly flow: readonly FlowMinute[];
  readonly produced: number | null;
  readonly schemas: ContractSchemas | null;
  readonly lag: bigint | null;
  readonly open: number | null;
}

/** All contracts, those that need somebody first. */
export function contractsTable(board: Board, schemas: ReadonlyMap<string, ContractSchemas>): Html {
  const letters = board.letters().value;
  const lines = board.contracts.map((contract): Line => {
    const flow = flowOfContract(board, contract);
    return {
      contract,
      flow,
      produced: totalOf(flow, 'produced'),
      schemas: schemas.get(contract.name) ?? null,
      lag: board.flows().value?.get(contract.name)?.latest?.lag ?? null,
      open: letters?.get(contract.name)?.states.open ?? null,
    };
  });
  const weight = ({ open, lag, schemas: own }: Line): number =>
    (open ?? 0) + Number(lag ?? 0n) + (own?.pending.length ?? 0);
  lines.sort(
    (a, b) =>
      weight(b) - weight(a) ||
      (b.produced ?? 0) - (a.produced ?? 0) ||
      a.contract.name.localeCompare(b.contract.name),
  );
  if (lines.length === 0)
    return html`<p class="empty">There are no contracts here yet: <code>zoner init</code></p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Contracts"><table class="contracts">
<thead><tr><th scope="col">Contract</th><th scope="col" class="wide">Level</th><th scope="col">Version</th><th scope="col" class="wide">Last change</th><th scope="col" class="wide">Produced in the last hour</th><th scope="col" class="number">Lag</th><th scope="col" class="number">Open letters</th></tr></thead>
<tbody>${lines.map(line)}</tbody></table></div>`;
}

function line({ contract, flow, produced, schemas, lag, open }: Line): Html {
  const { name, compatibility } = contract;
  const isOther = schemas !== null && schemas.level !== compatibility;
  return html`<tr><th scope="row"><a id="contract-${name}" href="/contracts/${encodeURIComponent(name)}">${name}</a></th>
<td class="wide${isOther ? ' bad' : ''}">${levelText(schemas, compatibility)}</td>
<td>${versionText(schemas)}</td><td class="wide change">${changeText(schemas)}</td>
<td class="wide flow-cell">${sparkline(flow, name)} ${countText(produced)}</td>
<td class="number">${countText(lag)}</td><td class="number${(open ?? 0) > 0 ? ' bad' : ''}">${countText(open)}</td></tr>`;
}

/** The level of the registry, and where that is another the one that was agreed. */
export function levelText(schemas: ContractSchemas | null, agreed: string): string {
  if (schemas === null) return '–';
  return schemas.level === agreed ? agreed : `${schemas.level ?? 'none of its own'}, agreed: ${agreed}`;
}

function versionText(schemas: ContractSchemas | null): Html {
  const registered = schemas?.versions.find(({ version }) => version !== null);
  if (registered === undefined) return html`<span class="bad">none</span>`;
  const isAhead = schemas?.versions[0]?.version === null;
  return html`${registered.version ?? ''}${isAhead ? html` <span class="bad">and a newer one here</span>` : html``}`;
}

/** The newest change that is one of fields, in short. */
function changeText(schemas: ContractSchemas | null): string {
  const [newest] = schemas?.versions ?? [];
  const [first, ...rest] = newest?.changes ?? [];
  if (newest === undefined) return '–';
  if (first === undefined) return (schemas?.versions.length ?? 0) > 1 ? 'none' : 'the first version';
  return `${first.at}: ${first.rule.toLowerCase().replaceAll('_', ' ')}${rest.length === 0 ? '' : `, and ${pluralText(rest.length, 'change')} more`}`;
}
