import { brokerCodesOf } from '#kafka/kafkajs-errors.ts';

/**
 * Lets questions about topics that are asked in the same turn go to the broker as one: whoever looks at a hundred topics
 * would otherwise send hundreds of requests, and on both sides each costs more than its answer.
 * Where the broker refuses all for the sake of one of them, each is asked by itself.
 * @param askAll of which what it does not know may be absent
 */
export function askTogether<Answer>(
  askAll: (topics: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
): (topic: string) => Promise<Answer | undefined> {
  let waiting = new Map<string, PromiseWithResolvers<Answer | undefined>>();
  const ask = async (asked: typeof waiting): Promise<void> => {
    try {
      const answers = await askAll([...asked.keys()]);
      for (const [topic, { resolve }] of asked) resolve(answers.get(topic));
    } catch (error) {
      if (asked.size > 1 && brokerCodesOf(error).length > 0)
        await Promise.all([...asked].map((each) => ask(new Map([each]))));
      else for (const { reject } of asked.values()) reject(error);
    }
  };
  return (topic) => {
    if (waiting.size === 0) {
      setImmediate(() => {
        const asked = waiting;
        waiting = new Map();
        void ask(asked);
      });
    }
    const known = waiting.get(topic) ?? Promise.withResolvers<Answer | undefined>();
    waiting.set(topic, known);
    return known.promise;
  };
}

/** The same for questions that need something besides the topic: those that need the same go together. */
export function askTogetherBy<Answer>(
  askAll: (by: string, topics: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
): (by: string, topic: string) => Promise<Answer | undefined> {
  const asking = new Map<string, ReturnType<typeof askTogether<Answer>>>();
  return (by, topic) => {
    let ask = asking.get(by);
    if (ask === undefined) {
      ask = askTogether((topics) => {
        asking.delete(by);
        return askAll(by, topics);
      });
      asking.set(by, ask);
    }
    return ask(topic);
  };
}
