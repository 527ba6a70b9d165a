import { expect, test } from 'vitest';
import { judgeRow, MATRIX } from '#check/matrix/judge.ts';

test.each(Object.entries(MATRIX))('%s', (_, { of, rules, wire, ts }) => {
  const { rows } = judgeRow(of);
  expect(rows.map(({ rule }) => rule)).toEqual(rules);
  const sides = (['backward', 'forward'] as const).map((side) =>
    rows.every((row) => row.wire[side].compatible) ? 'Y' : 'n',
  );
  expect(sides.join(' ')).toBe(wire);
  const [first] = rows;
  const effect = first?.typescript ?? { read: 'same', write: 'same', breaks: 'neither' };
  expect(`${effect.read} ${effect.write} ${effect.breaks}`).toBe(ts);
});
