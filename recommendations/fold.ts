import type { RecordSink } from '#consumer/ports.ts';
import type { UserActivity } from '#generated/user-activity/types.ts';
import { readSleep } from '#recommendations/read-sleep.ts';
import type { Sleep } from '#recommendations/sleep.ts';
import type { SleepStore } from '#recommendations/store.ts';

/** Folds activities into each person's sleeps. A record that tells of no main sleep counts as written: nothing is owed. */
export function createFold(store: SleepStore): RecordSink {
  return {
    async write(records) {
      const people = new Map<string, Sleep[]>();
      let sleeps = 0;
      for (const { value } of records) {
        const activity = value as UserActivity;
        const sleep = readSleep(activity);
        if (sleep === null) continue;
        sleeps += 1;
        people.set(activity.userId, [...(people.get(activity.userId) ?? []), sleep]);
      }
      const added = sleeps === 0 ? 0 : await store.add(people);
      return { inserted: added, present: sleeps - added };
    },
  };
}
