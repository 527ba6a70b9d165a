import { zonerIn } from '#cli/zoner-process.ts';

/** What became of a topic's records, as the checker without a line of the product counts them. */
export interface Account {
  readonly produced: number;
  readonly rows: number;
  readonly deadLetters: number;
  readonly skipped: number;
  readonly findings: number;
}

/**
 * The accounts of topics whose tables stand in a database under the same names, in their order.
 * @throws Error with its findings, if an offset is in no state, in two, or holds other bytes; or if fewer records or more
 * were produced than `produced` says
 */
export async function judge(
  env: Readonly<Record<string, string | undefined>>,
  database: string,
  topics: readonly string[],
  produced: number,
): Promise<readonly Account[]> {
  const pairs = topics.flatMap((topic) => [topic, `${database}.PUBLIC.${topic.toUpperCase()}`]);
  const { code, stdout, stderr } = await zonerIn('.', env).check(...pairs);
  if (code !== 0 || stderr !== '') throw new Error(`${topics}: ${code}\n${stdout}${stderr}`);
  const accounts = stdout
    .trim()
    .split('\n')
    .map((line): Account => JSON.parse(line));
  accounts.forEach((account, index) => {
    const { rows, deadLetters, skipped } = account;
    if (account.produced !== produced || rows + deadLetters + skipped !== produced)
      throw new Error(`${topics[index]}: ${produced} were sent: ${JSON.stringify(account)}`);
  });
  return accounts;
}
