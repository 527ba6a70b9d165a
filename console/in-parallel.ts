/**
 * Does something with each, a few at a time, and gives the results in the order of the items. The first error ends it, once what was begun has ended: whoever asks again
 * finds nothing of it under way.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const rest = items.entries();
  const results: Result[] = [];
  let isFailed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) {
      if (isFailed) return;
      results[index] = await work(item).catch((error: unknown) => {
        isFailed = true;
        throw error;
      });
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return results;
}
