import type { Command } from 'commander';
import { type LetterFilter, letterFilter, WHERE_FIELDS } from '#dead-letters/where.ts';

export interface WhereOptions {
  readonly cause?: string;
  readonly where: readonly string[];
}

/** `--cause C` and `--where CONDITION`, for commands that choose letters. */
export function withWhere(command: Command): Command {
  const fields = WHERE_FIELDS.map(([name, about]) => `  ${name.padEnd(10)} ${about}`).join('\n');
  return command
    .option(
      '--cause <cause>',
      'of this cause, as list prints it; CODE alone covers all schema ids and places',
    )
    .option(
      '--where <condition>',
      'FIELD OPERATOR VALUE; may be repeated, and then all have to hold',
      (condition: string, before: readonly string[]) => [...before, condition],
      [],
    )
    .addHelpText(
      'after',
      `\nConditions, such as --where partition=3 --where 'last>=24h' (= != < <= > >=; times as ISO or as an age):\n${fields}`,
    );
}

/** The filter that these options make. @throws ZonerError USAGE */
export function filterOf({ cause, where }: WhereOptions): LetterFilter {
  return letterFilter(cause ?? null, where, Date.now());
}
