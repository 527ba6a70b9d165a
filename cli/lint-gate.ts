import { contractsFolder } from '#cli/options.ts';
import { renderFinding } from '#cli/render-findings.ts';
import type { Shell } from '#cli/shell.ts';
import { today } from '#cli/today.ts';
import type { Contract } from '#contract/contract.ts';
import { lint } from '#contract/lint/lint.ts';
import { type LoadedContract, loadContractFiles } from '#contract/load.ts';
import { ZonerError } from '#core/errors.ts';

/**
 * The contracts of a folder, for commands that make something of them: generated files, subjects, topics, tables.
 * Commands that only work with what was made do not ask lint, because a waiver that runs out must stop no consumer.
 * @throws ZonerError LINT_REFUSED with the errors that lint finds; whatever `loadContracts` throws
 */
export async function loadLintedContracts(
  shell: Shell,
  options: { readonly schemas: string },
): Promise<readonly Contract[]> {
  return (await loadLintedFiles(shell, options)).map(({ contract }) => contract);
}

/** The same, with their files. */
export async function loadLintedFiles(
  shell: Shell,
  options: { readonly schemas: string },
): Promise<readonly LoadedContract[]> {
  const loaded = await loadContractFiles(contractsFolder(shell, options));
  const errors = lint(loaded, today()).findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const lines = errors.map((finding) => renderFinding(finding, options.schemas, (_, text) => text));
    throw new ZonerError('LINT_REFUSED', lines.join('\n'));
  }
  return loaded;
}
