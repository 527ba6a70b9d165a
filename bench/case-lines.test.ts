import { expect, test } from 'vitest';
import { writeJson } from '#avro/json-tree.ts';
import { caseLines } from '#bench/case-lines.ts';

const read = (text: string) => [
  ...caseLines<{ name: string }>(text, 'a name', ({ name }) => name !== undefined),
];

test('a number of a schema keeps its digits', () => {
  const schema = '{"default":9007199254740993}';
  const [line] = read(`\n{"name":"n","reader":${schema},"writer":"int"}\n`);
  expect(line && writeJson(line.reader)).toBe(schema);
});

test.each(['{', '{"name":"n","reader":"int"}', '{"reader":"int","writer":"int"}'])(
  'the line %s is refused by its number',
  (line) => {
    expect(() => read(`\n${line}`)).toThrow('line 2 is no case with a name');
  },
);
