import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { LOCAL } from '#cli/settings.ts';
import type { Shell } from '#cli/shell.ts';
import type { Contract } from '#contract/contract.ts';
import { ZonerError } from '#core/errors.ts';
import { momentOf } from '#dead-letters/where.ts';

export interface EnvironmentOptions {
  readonly env: string;
}

export interface ContractOptions extends EnvironmentOptions {
  readonly schemas: string;
}

/** `--env NAME`, for commands that talk to a service. */
export function withEnvironment(command: Command): Command {
  return command.option('--env <name>', 'read .env.<name> over .env', LOCAL);
}

/** `--schemas DIR` and `--env NAME`, for commands that read contracts and talk to a service. */
export function withContracts(command: Command): Command {
  return withEnvironment(command.option('--schemas <dir>', 'folder of the contracts', 'schemas'));
}

/** Where the contracts stand, from where the command was started. */
export function contractsFolder(shell: Shell, { schemas }: { readonly schemas: string }): string {
  return resolve(shell.directory, schemas);
}

export function formatOption<const F extends readonly [string, ...string[]]>(...formats: F): Option {
  return new Option('--format <format>', 'how to print').choices(formats).default(formats[0]);
}

/** Parses a count such as `--users 20`. */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number above zero is needed');
  return Number(text);
}

/** Parses a port such as `--port 8080`; 0 means any free one. */
export function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('a number from 0 to 65535 is needed');
  return Number(text);
}

/** Parses a time such as `--drain 0.5`, in seconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 86_400))
    throw new InvalidArgumentError('a number of seconds is needed');
  return value;
}

/** Parses a time such as `--since 2026-03-01` or `--since 24h` (so long ago), to milliseconds since 1970. */
export function moment(text: string): number {
  const found = momentOf(text, Date.now());
  if (found === null) throw new InvalidArgumentError('an ISO time or an age such as 24h is needed');
  return found;
}

/** Parses a fraction such as `--faults 0.02`. */
export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('a number from 0 to 1 is needed');
  return value;
}

/** The contracts of these names, or all of them if none is named. @throws ZonerError USAGE for an unknown name */
export function selectContracts(
  contracts: readonly Contract[],
  names: readonly string[],
): readonly Contract[] {
  if (names.length === 0) return contracts;
  return names.map((name) => {
    const found = contracts.find((contract) => contract.name === name);
    if (found !== undefined) return found;
    const known = contracts.map((contract) => contract.name).join(', ');
    throw new ZonerError('USAGE', `there is no contract ${name}; there are: ${known}`);
  });
}

/** Parses a number above zero such as `--speed 60`. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('a number above zero is needed');
  return value;
}
