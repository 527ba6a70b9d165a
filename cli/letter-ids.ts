import type { Contract } from '#contract/contract.ts';
import { ZonerError } from '#core/errors.ts';
import { isOfTopic } from '#dead-letters/account.ts';
import type { LetterBook } from '#dead-letters/letter-book.ts';

/**
 * The contract that letters of these ids belong to: `<cluster>/<topic>/<partition>/<offset>`, or without the cluster.
 * @throws ZonerError USAGE for an id of no contract, and for ids of several
 */
export function contractOfIds(ids: readonly string[], contracts: readonly Contract[]): Contract {
  const found = new Set(
    ids.map((id) => {
      const contract = contracts.find(({ topic }) => isOfTopic(id, topic));
      if (contract !== undefined) return contract;
      throw new ZonerError('USAGE', `${id} names no record of a contract of this folder`, {
        remedy: 'An id is <cluster>/<topic>/<partition>/<offset>, as zoner dead-letters list prints it.',
      });
    }),
  );
  const [contract, other] = found;
  if (contract !== undefined && other === undefined) return contract;
  throw new ZonerError('USAGE', 'these letters belong to several contracts; name those of one at a time');
}

/** The whole ids of letters that may be named without their cluster. What is not known stays as it is. */
export function wholeIds(ids: readonly string[], book: LetterBook): readonly string[] {
  const wanted = new Set(ids.filter((id) => book.of(id) === null));
  if (wanted.size === 0) return ids;
  const whole = new Map<string, string>();
  for (const { id } of book.all()) {
    const short = id.slice(id.indexOf('/') + 1);
    if (wanted.has(short)) whole.set(short, id);
  }
  return ids.map((id) => whole.get(id) ?? id);
}
