import type { AddCommand } from '#cli/command.ts';
import { type NewContractOptions, newContract } from '#cli/new-contract.ts';

/** `zoner contract new`: a folder to start from. */
export const addContract: AddCommand = (program, shell) => {
  const contract = program.command('contract');
  contract
    .command('new')
    .description('write the folder of a new contract: contract.json and its schema')
    .argument('<name>', 'lower-case words with dashes, such as sleep-goal')
    .option('--schemas <dir>', 'folder of the contracts', 'schemas')
    .option('--namespace <name>', 'namespace of its types; by default one beside the other contracts')
    .option('--key <field>', "string field whose text is the record's key", 'subjectId')
    .action(async (name: string, options: NewContractOptions) => {
      await newContract(shell, name, options);
      shell.tell(`Edit ${options.schemas}/${name}/${name}.avsc, then run: zoner codegen`);
    });
};
