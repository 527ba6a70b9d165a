import { expect, test } from 'vitest';
import { formatTypes } from '#codegen/format-types.ts';

test('members are indented and end, comments stay, declarations stand apart', () => {
  const printed = `export type E = ("A" | "B")
/**
 * A doc with a { brace,
 *
 * and a line.
 */
export interface R {
/**
 * The field.
 */
one: string
two?: (E | null)
three: ({
kind: "int"
value: {
[k: string]: (number | undefined)
}
} | {
kind: "string"
value: string
})[]
}
`;
  expect(formatTypes(printed)).toBe(`export type E = 'A' | 'B';

/**
 * A doc with a { brace,
 *
 * and a line.
 */
export interface R {
  /**
   * The field.
   */
  one: string;
  two?: E | null;
  three: ({
    kind: 'int';
    value: {
      [k: string]: number | undefined;
    };
  } | {
    kind: 'string';
    value: string;
  })[];
}
`);
});

test('a long union has a line a branch, so that one more is one line of a diff', () => {
  const symbols = Array.from({ length: 20 }, (_, index) => `SYMBOL_${index}`);
  const printed = formatTypes(`export type E = (${symbols.map((each) => `"${each}"`).join(' | ')})\n`);
  expect(printed.split('\n').slice(0, 3)).toEqual(['export type E =', "  | 'SYMBOL_0'", "  | 'SYMBOL_1'"]);
  expect(printed.split('\n').slice(-2)).toEqual(["  | 'SYMBOL_19';", '']);
});
