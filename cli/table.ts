import Table from 'cli-table3';
import type { Shell } from '#cli/shell.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A table for people, with box-drawing borders; null cells are shown as such. */
export function renderTable(
  shell: Shell,
  columns: readonly Column[],
  rows: readonly (readonly (string | number | bigint | null)[])[],
): string {
  const table = new Table({
    head: columns.map(({ title }) => shell.style('bold', title)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [] },
  });
  for (const row of rows)
    table.push(row.map((cell) => (cell === null ? shell.style('dim', 'null') : String(cell))));
  return table.toString();
}
