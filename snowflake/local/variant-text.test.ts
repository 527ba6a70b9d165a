import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonTextError, variantText } from '#snowflake/local/variant-text.ts';

test('members come in order of their keys, at every depth, and numbers stay as they were written', () => {
  expect(variantText(' { "b" : [ { "d": 1.50 , "c":-1E+9 } ] , "a\\u0041" : "\\/" } ')).toBe(
    '{"aA":"\\/","b":[{"c":-1E+9,"d":1.50}]}',
  );
});

test.each(['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '[{"x":{"k":1,"k":1}}]'])(
  'a key twice is refused: %s',
  (text) => {
    expect(() => variantText(text)).toThrow(JsonTextError);
  },
);

test('a text is taken if and only if it is JSON, and means the same afterwards', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(variantText(text))).toEqual(JSON.parse(text));
    }),
  );
  const characters = fc.constantFrom(...'{}[]:,"\\0-1.eE+ tnau\n'.split(''), 'true', '"a"');
  fc.assert(
    fc.property(fc.array(characters, { maxLength: 8 }), (parts) => {
      const text = parts.join('');
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      if (isJson) expect(() => variantText(text)).not.toThrow();
      else expect(() => variantText(text)).toThrow(JsonTextError);
    }),
    { numRuns: 2000, examples: [[['"', '\n', '"']], [['[', '01', ']']]] },
  );
});
