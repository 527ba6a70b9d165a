import { type ContractOptions, contractsFolder } from '#cli/options.ts';
import { registryFindings, warehouseFindings } from '#cli/read-drift.ts';
import { groupFindings, letterFindings, topicFindings } from '#cli/read-flow.ts';
import { problem, readServices, type ServiceName } from '#cli/read-services.ts';
import { Resources } from '#cli/resources.ts';
import { loadSettings } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import { type Finding, finding, reportOf, type Section, type StatusReport } from '#cli/status-report.ts';
import type { Contract } from '#contract/contract.ts';
import { loadContracts } from '#contract/load.ts';
import type { Config } from '#core/config.ts';
import { isZonerError } from '#core/errors.ts';

/** What every question needs. */
export interface Context {
  readonly shell: Shell;
  readonly config: Config;
  readonly contracts: readonly Contract[];
  readonly options: ContractOptions;
  readonly resources: Resources;
}

interface Question {
  readonly name: string;
  /** The service that has to answer first. */
  readonly of: ServiceName;
  ask(context: Context): Promise<readonly Finding[]>;
}

const QUESTIONS: readonly Question[] = [
  { name: 'topics', of: 'kafka', ask: topicFindings },
  { name: 'groups', of: 'kafka', ask: groupFindings },
  { name: 'dead letters', of: 'kafka', ask: letterFindings },
  { name: 'registry', of: 'registry', ask: registryFindings },
  { name: 'warehouse', of: 'warehouse', ask: warehouseFindings },
];

/**
 * Asks every service, and what stands in those that answer. Reads only, and leaves nothing behind.
 * @throws ZonerError CONFIG_INVALID, CONTRACT_INVALID, SCHEMA_INVALID: without settings and contracts there is no status
 */
export async function readStatus(shell: Shell, options: ContractOptions): Promise<StatusReport> {
  await using resources = new Resources();
  const config = loadSettings(shell, options.env);
  const contracts = await loadContracts(contractsFolder(shell, options));
  const context = { shell, config, contracts, options, resources };
  const services = await readServices(config, resources);
  const sections: Section[] = [{ name: 'services', findings: services }];
  const asked = QUESTIONS.map(async ({ name, of, ask }): Promise<Section> => {
    const service = services.find(({ what }) => what === of);
    if (service?.state === 'note') return { name, findings: [] };
    if (service?.state !== 'fine')
      return { name, findings: [finding(name, 'unknown', `the service ${of} does not answer`)] };
    return { name, findings: await ask(context).catch((error: unknown) => [expected(name, error)]) };
  });
  sections.push(...(await Promise.all(asked)));
  return reportOf(
    options.env,
    sections.filter(({ findings }) => findings.length > 0),
  );
}

/** An outage or a refusal is a finding; a defect is none, and goes on. */
function expected(what: string, error: unknown): Finding {
  if (!isZonerError(error)) throw error;
  return problem(what, error);
}
