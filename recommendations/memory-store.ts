import { type History, mergeHistories, NOTHING_KNOWN } from '#recommendations/person/history.ts';
import type { PersonStore } from '#recommendations/store.ts';

/** Histories in this process' memory, for tests. */
export function createMemoryStore(): PersonStore {
  const people = new Map<string, { history: History; version: number; checkpoint: string | null }>();
  return {
    async add(more) {
      let added = 0;
      for (const [userId, history] of more) {
        const known = people.get(userId) ?? { history: NOTHING_KNOWN, version: 0, checkpoint: null };
        const merged = mergeHistories(known.history, history);
        const changed = countNew(known.history, merged);
        added += changed;
        const isNew = JSON.stringify(merged) !== JSON.stringify(known.history);
        people.set(userId, isNew ? { history: merged, version: known.version + 1, checkpoint: null } : known);
      }
      return added;
    },
    read: async (userId) => people.get(userId) ?? { history: NOTHING_KNOWN, version: 0, checkpoint: null },
    async checkpoint(userId, version, text) {
      const known = people.get(userId);
      if (known?.version === version) known.checkpoint = text;
    },
    holds: async (userId) => people.has(userId),
    forget: async (userId) => void people.delete(userId),
    users: async () => [...people.keys()].sort(),
    close: async () => {},
  };
}

function countNew(before: History, after: History): number {
  const keys = (history: History): string[] =>
    [history.sleep, history.light, history.meal, history.trips].flat().map((each) => JSON.stringify(each));
  const known = new Set(keys(before));
  return keys(after).filter((key) => !known.has(key)).length;
}
