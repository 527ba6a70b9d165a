import { expect, test } from 'vitest';
import { askTogether, askTogetherBy } from '#kafka/ask-together.ts';

/** Remembers what it was asked, and answers with the length of each name. */
function broker(refuses: string | null = null) {
  const asked: (readonly string[])[] = [];
  const askAll = async (topics: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    asked.push(topics);
    if (refuses !== null && topics.includes(refuses))
      throw Object.assign(new Error('refused'), { type: 'LEADER_NOT_AVAILABLE' });
    return new Map(topics.filter((each) => each !== 'missing').map((each) => [each, each.length]));
  };
  return { asked, askAll };
}

test('questions of one turn are one, and a topic that is asked for twice is asked for once', async () => {
  const { asked, askAll } = broker();
  const ask = askTogether(askAll);
  expect(await Promise.all(['a', 'bb', 'a', 'missing'].map(ask))).toEqual([1, 2, 1, undefined]);
  expect(await ask('ccc')).toBe(3);
  expect(asked).toEqual([['a', 'bb', 'missing'], ['ccc']]);
});

test('a topic that the broker refuses spoils no answer but its own', async () => {
  const { askAll } = broker('b');
  const answers = await Promise.allSettled(['a', 'b', 'c'].map(askTogether(askAll)));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a broker that is away is not asked again for each topic', async () => {
  let asked = 0;
  const ask = askTogether(async () => {
    asked += 1;
    throw new Error('connection refused');
  });
  const answers = await Promise.allSettled(['a', 'b'].map(ask));
  expect([asked, ...answers.map(({ status }) => status)]).toEqual([1, 'rejected', 'rejected']);
});

test('questions of different groups stay apart', async () => {
  const asked: string[] = [];
  const ask = askTogetherBy<string>(async (group, topics) => {
    asked.push(`${group}: ${topics.join(' ')}`);
    return new Map(topics.map((topic) => [topic, `${group}/${topic}`]));
  });
  const answers = await Promise.all([ask('g', 'a'), ask('h', 'a'), ask('g', 'b')]);
  expect(answers).toEqual(['g/a', 'h/a', 'g/b']);
  expect(asked).toEqual(['g: a b', 'h: a']);
});
