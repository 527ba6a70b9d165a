import type { RecordSink } from '#consumer/ports.ts';
import type { TripPlan } from '#generated/trip-plan/types.ts';
import type { UserActivity } from '#generated/user-activity/types.ts';
import { type History, mergeHistories } from '#recommendations/person/history.ts';
import { readActivity, readTrip } from '#recommendations/person/read-record.ts';
import type { PersonStore } from '#recommendations/store.ts';

type Adds = Pick<PersonStore, 'add'>;

/** Folds activities into each person's history. */
export function createActivityFold(store: Adds): RecordSink {
  return createFold(store, (value) => ({
    userId: (value as UserActivity).userId,
    history: readActivity(value as UserActivity),
  }));
}

/** Folds plans of trips into each traveller's history. */
export function createTripFold(store: Adds): RecordSink {
  return createFold(store, (value) => ({
    userId: (value as TripPlan).userId,
    history: readTrip(value as TripPlan),
  }));
}

/** A record that tells of nothing counts as written: nothing is owed. */
function createFold(
  store: Adds,
  read: (value: unknown) => { readonly userId: string; readonly history: History | null },
): RecordSink {
  return {
    async write(records) {
      const people = new Map<string, History[]>();
      let told = 0;
      for (const { value } of records) {
        const { userId, history } = read(value);
        if (history === null) continue;
        told += 1;
        const own = people.get(userId);
        if (own === undefined) people.set(userId, [history]);
        else own.push(history);
      }
      const merged = new Map([...people].map(([userId, own]) => [userId, mergeAll(own)] as const));
      const added = told === 0 ? 0 : await store.add(merged);
      return { inserted: added, present: told - added };
    },
  };
}

/** Halves at a time, so that a flush of many records of one person costs no square of their number. */
function mergeAll(histories: readonly History[]): History {
  const [first] = histories;
  if (first === undefined) throw new Error('nothing to merge');
  if (histories.length === 1) return first;
  const half = histories.length >> 1;
  return mergeHistories(mergeAll(histories.slice(0, half)), mergeAll(histories.slice(half)));
}
