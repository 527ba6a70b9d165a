import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AvroSchema, Position } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { changedMeaning } from '#avro/same-meaning.ts';
import { wireVerdict } from '#check/wire/compatibility.ts';
import type { AddCommand } from '#cli/command.ts';
import { formatOption } from '#cli/options.ts';
import { printJson } from '#cli/print-json.ts';
import type { Shell } from '#cli/shell.ts';
import { ExitCode, messageOf, ZonerError } from '#core/errors.ts';

interface Line {
  readonly type: string;
  readonly location: string;
  readonly message: string;
  readonly position: Position;
}

/** `zoner compat`: the wire verdict of one pair. */
export const addCompat: AddCommand = (program, shell, finish) => {
  program
    .command('compat')
    .argument('<reader>', 'the schema to read with, an .avsc file')
    .argument('<writer>', 'the schema that it was written with')
    .addOption(formatOption('text', 'json'))
    .addHelpText('after', '\nExit codes: 0 compatible · 1 incompatible · 64 a schema that does not parse')
    .action(async (readerFile: string, writerFile: string, { format }: { format: string }) => {
      const [reader, writer] = [await read(shell, readerFile), await read(shell, writerFile)];
      const { verdict, incompatibilities } = judge(reader, writer);
      const meaning = verdict === 'COMPATIBLE' ? changedMeaning(writer, reader) : null;
      if (format === 'json') printJson(shell, { verdict, incompatibilities, changedMeaning: meaning });
      else {
        const style = verdict === 'COMPATIBLE' ? 'green' : 'red';
        shell.print(shell.style(style, verdict));
        for (const each of incompatibilities) {
          const { file, line, column } = each.position;
          shell.print(`${file}:${line}:${column}: ${each.message}\n  ${each.type} at ${each.location}`);
        }
        if (meaning !== null) {
          shell.print(
            `${shell.style('yellow', 'warning')} Java lets it pass, and the values change: ${meaning}`,
          );
        }
      }
      finish(verdict === 'COMPATIBLE' ? ExitCode.ok : ExitCode.negative);
    });
};

function judge(
  reader: AvroSchema,
  writer: AvroSchema,
): { readonly verdict: string; readonly incompatibilities: readonly Line[] } {
  const judged = wireVerdict(reader, writer);
  if (judged.verdict !== 'AMBIGUOUS') {
    const lines = judged.incompatibilities.map(({ reader: node, ...rest }) => ({
      ...rest,
      position: node.position,
    }));
    return { verdict: judged.verdict, incompatibilities: lines };
  }
  const { message, field } = judged;
  // Java throws here; every registry then refuses.
  const line = { type: 'AMBIGUOUS_ALIAS', location: '/', message, position: field.position };
  return { verdict: 'INCOMPATIBLE', incompatibilities: [line] };
}

async function read(shell: Shell, file: string): Promise<AvroSchema> {
  let text: string;
  try {
    text = await readFile(resolve(shell.directory, file), 'utf8');
  } catch (error) {
    throw new ZonerError('FILE_UNREADABLE', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
  return parseSchema(text, { file });
}
