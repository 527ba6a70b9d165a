/** One thing at a time of each place, in the order of asking. */
export interface Turns {
  /** @returns what `begin` does, once all that was begun at this place before has ended, well or badly */
  take(place: string, begin: () => Promise<void>): Promise<void>;
}

export function createTurns(): Turns {
  /** By place, the end of the last turn that was asked for. */
  const ends = new Map<string, Promise<void>>();
  return {
    take(place, begin) {
      const turn = (ends.get(place) ?? Promise.resolve()).then(begin);
      const end = turn
        .catch(() => undefined)
        .then(() => {
          if (ends.get(place) === end) ends.delete(place);
        });
      ends.set(place, end);
      return turn;
    },
  };
}
