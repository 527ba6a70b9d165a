import { expect, test } from 'vitest';
import { compileEncoder } from '#avro/codec.ts';
import { frame } from '#avro/frame.ts';
import { isPersonal } from '#avro/personal-data.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { letterAt } from '#dead-letters/examples.ts';
import { letterContent } from '#dead-letters/letter-content.ts';

const tagged = exampleContract(`{ "type": "record", "name": "Nap", "fields": [
  { "name": "user", "type": "string", "pii": true },
  { "name": "minutes", "type": "int" },
  { "name": "note", "type": ["null", "string"], "confluent:tags": ["HEALTH"] },
  { "name": "mood", "type": ["null", "string"], "tags": "pii" },
  { "name": "doses", "type": { "type": "array", "items": { "type": "record", "name": "Dose", "fields": [
    { "name": "drug", "type": "string", "health": true }, { "name": "mg", "type": "int" } ] } } },
  { "name": "detail", "type": [
    { "type": "record", "name": "Home", "fields": [{ "name": "street", "type": "string", "pii": true }] },
    { "type": "record", "name": "Away", "fields": [{ "name": "days", "type": "int" }] } ] } ] }`);
const value = frame(
  7,
  compileEncoder(tagged.root).encode({
    user: 'ada',
    minutes: 20,
    note: 'asthma',
    mood: null,
    doses: [{ drug: 'melatonin', mg: 3 }],
    detail: { kind: 'Home', street: 'Main St' },
  }),
);
const writer = { kind: 'schema' as const, schema: tagged.root, subjects: ['naps-value'] };
const letter = { ...letterAt(1n), value };

test('what is tagged as personal is masked, wherever it stands, and so are key, headers and bytes', () => {
  const content = letterContent(letter, tagged, writer, false);
  expect(content.decoded).toEqual({
    value: {
      user: '•••',
      minutes: 20,
      note: '•••',
      mood: null,
      doses: [{ drug: '•••', mg: 3 }],
      detail: { kind: 'Home', street: '•••' },
    },
  });
  expect(content).toMatchObject({ hex: '0000000007', hidden: value.length - 5, isMasked: true, key: '•••' });
  expect(content.headers).toEqual([['trace', '•••']]);
  expect(JSON.stringify(content)).not.toMatch(/ada|asthma|melatonin|Main St|t1/);
});

test('reveal shows all of it', () => {
  const content = letterContent(letter, tagged, writer, true);
  expect(content).toMatchObject({ key: 'ada', hidden: 0, isMasked: false, headers: [['trace', 't1']] });
  expect(content.hex).toBe(Buffer.from(value).toString('hex'));
  expect(content.decoded).toMatchObject({ value: { user: 'ada', note: 'asthma' } });
});

test('bytes that nobody can decode are hidden, since nobody can say what they hold', () => {
  const unknown = letterContent(letter, tagged, { kind: 'unknown' }, false);
  expect(unknown).toMatchObject({
    hex: '0000000007',
    decoded: { problem: expect.stringContaining('registry') },
  });
  const noFrame = letterContent({ ...letter, value: Buffer.from('ada') }, tagged, undefined, false);
  expect(noFrame).toMatchObject({
    hex: '',
    hidden: 3,
    decoded: { problem: expect.stringContaining('frame') },
  });
  const short = letterContent({ ...letter, value: value.subarray(0, 8) }, tagged, writer, true);
  expect(short.decoded).toEqual({ problem: expect.stringContaining('user') });
});

test('a value without personal data is shown with its bytes', () => {
  const plain = exampleContract(
    '{ "type": "record", "name": "Nap", "fields": [{ "name": "user", "type": "string" }] }',
  );
  const bytes = frame(7, compileEncoder(plain.root).encode({ user: 'ada' }));
  const shown = letterContent(
    { ...letter, value: bytes, headers: [] },
    plain,
    { ...writer, schema: plain.root },
    false,
  );
  expect(shown).toMatchObject({
    key: 'ada',
    hidden: 0,
    isMasked: false,
    decoded: { value: { user: 'ada' } },
  });
});

test('flags and tags of several spellings say personal, and others do not', () => {
  const with_ = (name: string, json: never) => new Map([[name, json]]);
  expect(isPersonal(with_('pii', true as never))).toBe(true);
  expect(isPersonal(with_('tags', ['Health'] as never))).toBe(true);
  expect(isPersonal(with_('pii', false as never))).toBe(false);
  expect(isPersonal(with_('unit', 'pii' as never))).toBe(false);
});
