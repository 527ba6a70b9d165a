import { addSleeps, type Sleep } from '#recommendations/sleep.ts';
import type { SleepStore } from '#recommendations/store.ts';

/** Sleeps in this process' memory, for tests. */
export function createMemoryStore(): SleepStore {
  const people = new Map<string, readonly Sleep[]>();
  return {
    async add(sleeps) {
      let added = 0;
      for (const [userId, more] of sleeps) {
        const known = people.get(userId) ?? [];
        const ids = new Set(known.map(({ eventId }) => eventId));
        const after = addSleeps(known, more);
        added += after.filter(({ eventId }) => !ids.has(eventId)).length;
        people.set(userId, after);
      }
      return added;
    },
    read: async (userId) => people.get(userId) ?? [],
    users: async () => [...people.keys()].sort(),
    close: async () => {},
  };
}
