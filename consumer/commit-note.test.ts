import { expect, test } from 'vitest';
import { readNote, writeNote } from '#consumer/commit-note.ts';

test('a note reads back as it was written, and none is no text', () => {
  for (const note of [{ attempts: 2 }, { flood: 'NO_FRAME' }, {}])
    expect(readNote(writeNote(note))).toEqual(note);
  expect(writeNote({})).toBe('');
});

test.each([
  undefined,
  '',
  'other {"flood":"NO_FRAME"}',
  'zoner {"attempts":',
  'zoner {"attempts":"3","flood":7}',
  'zoner null',
])('what others leave beside an offset, or what is damaged, is no note: %s', (metadata) => {
  expect(readNote(metadata)).toEqual({});
});
