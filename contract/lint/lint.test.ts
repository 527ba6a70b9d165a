import { expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import type { Contract } from '#contract/contract.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { lint } from '#contract/lint/lint.ts';
import { RULES } from '#contract/lint/rules.ts';
import type { LoadedContract } from '#contract/load.ts';
import { readSettings } from '#contract/settings.ts';

const TODAY = '2026-11-24';
const BASE = { topic: 't', key: 'k', id: 'k', compatibility: 'FULL', table: 'T', owner: 'o' };

/** A contract with this root and these settings, as it would be loaded from a folder. */
function loaded(root: unknown, changes: Readonly<Record<string, unknown>> = {}): LoadedContract {
  const json = JSON.stringify({ ...BASE, ...changes });
  const read = readSettings(json, 'c/contract.json');
  if (read.settings === null) throw new Error(JSON.stringify(read.problems));
  const { settings } = read;
  const example = exampleContract(JSON.stringify(root));
  const schema = parseSchema(JSON.stringify(root), { file: 'c/c.avsc' }) as RecordSchema;
  const contract: Contract = {
    ...example,
    ...settings,
    root: schema,
    name: 'c',
    id: settings.id ?? null,
    time: null,
    owner: settings.owner ?? null,
  };
  return { contract, settings: read };
}

type Type = string | Readonly<Record<string, unknown>> | readonly unknown[];
const field = (name: string, type: Type, rest: object = {}): object => ({ name, type, doc: 'd', ...rest });
const record = (
  name: string,
  fields: readonly object[],
  rest: object = {},
): Readonly<Record<string, unknown>> => ({
  type: 'record',
  name,
  doc: 'd',
  fields,
  ...rest,
});
const root = (...fields: readonly object[]): object => record('R', [field('k', 'string'), ...fields]);
const found = (contracts: readonly LoadedContract[]): string[] =>
  lint(contracts, TODAY).findings.map(({ rule, at }) => `${rule} ${at}`);

const E = { type: 'enum', name: 'E', doc: 'd', symbols: ['A'], default: 'A' };
const decimal = (rest: object): Type => ({ type: 'bytes', logicalType: 'decimal', ...rest });
const until = { reason: 'r', until: '2026-11-24' };

/** Rule, where, and a contract that breaks it there; and only it, unless more is named. */
const BROKEN: readonly (readonly [rule: string, at: string, contract: readonly LoadedContract[]])[] = [
  ['no-value', 'E', [loaded(root(field('a', { ...E, symbols: [], default: undefined })))]],
  ['no-value', 'R.a', [loaded(root(field('a', [])))]],
  [
    'infinite-record',
    'L',
    [loaded(root(field('a', ['null', record('L', [field('l', 'L')])], { default: null })))],
  ],
  [
    'kind-collision',
    'R.a',
    [
      loaded(
        root(
          field('a', [
            { ...E, name: 'x.E' },
            { type: 'fixed', name: 'y.E', size: 1 },
          ]),
        ),
      ),
    ],
  ],
  [
    'kind-field',
    'A.kind',
    [
      loaded(root(field('a', [record('A', [field('kind', 'int')]), record('B', [])])), {
        waivers: [{ rule: 'union-wraps', at: 'R.a', ...until }],
      }),
    ],
  ],
  ['reserved-field', 'R.__proto__', [loaded(root(field('__proto__', 'int')))]],
  ['zero-width-items', 'R.a', [loaded(root(field('a', { type: 'array', items: 'null' })))]],
  [
    'zero-width-items',
    'R.a',
    [loaded(root(field('a', { type: 'map', values: record('N', [field('n', 'null')]) })))],
  ],
  [
    'zero-width-items',
    'R.a',
    [loaded(root(field('a', { type: 'array', items: { type: 'fixed', name: 'F', size: 0 } })))],
  ],
  [
    'logical-type-base',
    'R.a',
    [loaded(root(field('a', { type: 'string', logicalType: 'timestamp-millis' })))],
  ],
  [
    'logical-type-base',
    'F',
    [loaded(root(field('a', { type: 'fixed', name: 'F', size: 15, logicalType: 'uuid' })))],
  ],
  ['logical-type-on-field', 'R.a', [loaded(root(field('a', 'long', { logicalType: 'timestamp-millis' })))]],
  ['decimal-precision', 'R.a', [loaded(root(field('a', decimal({}))))]],
  ['decimal-precision', 'R.a', [loaded(root(field('a', decimal({ precision: 4, scale: 5 }))))]],
  [
    'decimal-precision',
    'F',
    [loaded(root(field('a', { type: 'fixed', name: 'F', size: 2, logicalType: 'decimal', precision: 5 })))],
  ],
  [
    'default-value',
    'R.a',
    [loaded(root(field('a', { type: 'string', logicalType: 'uuid' }, { default: '' })))],
  ],
  ['default-value', 'R.a', [loaded(root(field('a', E, { default: 'B' })))]],
  [
    'default-value',
    'R.a',
    [loaded(root(field('a', { type: 'fixed', name: 'F', size: 2 }, { default: 'a' })))],
  ],
  [
    'default-value',
    'R.a',
    [
      loaded(
        root(
          field(
            'a',
            {
              type: 'map',
              values: ['null', { type: 'array', items: { type: 'fixed', name: 'F', size: 2 } }],
            },
            { default: { x: ['abc'] } },
          ),
        ),
      ),
    ],
  ],
  ['default-value', 'R.a', [loaded(root(field('a', 'bytes', { default: '\u0100' })))]],
  ['alias-collision', 'R.a', [loaded(root(field('a', 'int', { aliases: ['k'] })))]],
  ['missing-doc', 'R.a', [loaded(root({ name: 'a', type: 'int' }))]],
  ['missing-doc', 'E', [loaded(root(field('a', { ...E, doc: ' ' })))]],
  ['enum-without-default', 'E', [loaded(root(field('a', { ...E, default: undefined })))]],
  ['nullable-without-default', 'R.a', [loaded(root(field('a', ['null', 'int'])))]],
  ['default-not-first', 'R.a', [loaded(root(field('a', ['null', 'int'], { default: 1 })))]],
  ['default-unreadable-elsewhere', 'R.a', [loaded(root(field('a', 'long', { default: 2 ** 53 })))]],
  ['default-unreadable-elsewhere', 'R.a', [loaded(root(field('a', 'double', { default: 'NaN' })))]],
  ['union-wraps', 'R.a', [loaded(root(field('a', ['int', 'double'])))]],
  ['union-wraps', 'R.a', [loaded(root(field('a', ['string', E])))]],
  ['logical-type-unknown', 'R.a', [loaded(root(field('a', { type: 'bytes', logicalType: 'big-decimal' })))]],
  ['decimal-too-wide', 'R.a', [loaded(root(field('a', decimal({ precision: 39 }))))]],
  ['name-not-portable', 'R.größe', [loaded(root(field('größe', 'int')))]],
  [
    'type-name-collision',
    'aB',
    [loaded(root(field('a', { ...E, name: 'a_b' }), field('b', { ...E, name: 'aB' })))],
  ],
  ['column-collision', 'R.A_B', [loaded(root(field('aB', 'int'), field('A_B', 'int')))]],
  ['column-collision', 'R._offset', [loaded(root(field('_offset', 'long')))]],
  ['forward-reference', 'R.a', [loaded(root(field('a', 'E'), field('b', E)))]],
  [
    'forward-reference',
    'N.x',
    [loaded(root(field('a', record('N', [field('x', { type: 'array', items: 'E' })])), field('b', E)))],
  ],
  ['relation-collision', 'contract.table', [loaded(root()), loaded(root(), { table: 'T_CURRENT' })]],
  ['table-lower-case', 'contract.table', [loaded(root(), { table: 't' })]],
  ['compatibility-none', 'contract.compatibility', [loaded(root(), { compatibility: 'NONE' })]],
  ['missing-id', 'contract.id', [loaded(root(), { id: undefined })]],
  ['missing-owner', 'contract.owner', [loaded(root(), { owner: undefined })]],
  [
    'unknown-rule',
    'contract.waivers[0]',
    [loaded(root(), { waivers: [{ rule: 'nothing', at: 'R', ...until }] })],
  ],
  [
    'unknown-place',
    'contract.raises[0]',
    [loaded(root(), { raises: [{ rule: 'missing-doc', at: 'R.gone', ...until }] })],
  ],
  [
    'unused-waiver',
    'contract.waivers[0]',
    [loaded(root(), { waivers: [{ rule: 'missing-doc', at: 'R', ...until }] })],
  ],
  [
    'expired-waiver',
    'contract.waivers[0]',
    [loaded(root(), { waivers: [{ rule: 'missing-doc', at: 'R', reason: 'r', until: '2026-11-23' }] })],
  ],
];

test.each(BROKEN)('%s is found at %s, and nothing else', (rule, at, contracts) => {
  expect(new Set(found(contracts))).toEqual(new Set([`${rule} ${at}`]));
});

test('every rule has an example that breaks it', () => {
  expect([...new Set(BROKEN.map(([rule]) => rule))].sort()).toEqual(Object.keys(RULES).sort());
});

test('a contract in good order has no findings, with every kind of type in it', () => {
  const good = root(
    field('a', ['null', 'int'], { default: null }),
    field('b', {
      type: 'array',
      items: record('Node', [field('next', ['null', 'Node'], { default: null })]),
    }),
    field('c', decimal({ precision: 38, scale: 37 })),
    field('d', { type: 'map', values: 'double' }, { default: {} }),
    field('e', E, { default: 'A', aliases: ['was'] }),
    field('f', ['null', 'string', 'int'], { default: null }),
    field('g', { type: 'long', logicalType: 'timestamp-nanos' }, { default: 0 }),
  );
  expect(found([loaded(good)])).toEqual([]);
});

test('a type that is used again, or inside its own definition, is no forward reference', () => {
  const node = record('Node', [
    field('next', ['null', 'Node'], { default: null }),
    field('e', E, { default: 'A' }),
    field('last', 'E', { default: 'A' }),
  ]);
  expect(found([loaded(root(field('a', node), field('b', 'E'), field('c', 'Node')))])).toEqual([]);
});

test('findings stand in order of place and say what to do', () => {
  const [first, second] = lint(
    [loaded(root({ name: 'a', type: 'int' }), { owner: undefined })],
    TODAY,
  ).findings;
  expect(first).toMatchObject({
    rule: 'missing-doc',
    position: { file: 'c/c.avsc', line: 1 },
    severity: 'warning',
  });
  expect(second).toMatchObject({ rule: 'missing-owner', position: { file: 'c/contract.json' } });
  expect(first?.fix).toContain('"doc"');
});

const undocumented = root({ name: 'a', type: 'int' }, { name: 'b', type: 'int' });

test('a waiver lets one place pass to the end of its last day', () => {
  const waivers = [{ rule: 'missing-doc', at: 'R.a', ...until }];
  const report = lint([loaded(undocumented, { waivers })], TODAY);
  expect(report.findings.map(({ at }) => at)).toEqual(['R.b']);
  expect(report.waived).toMatchObject([{ contract: 'c', finding: { at: 'R.a' }, waiver: { reason: 'r' } }]);
  expect(lint([loaded(undocumented, { waivers })], '2026-11-25').findings.map(({ rule }) => rule)).toEqual([
    'missing-doc',
    'missing-doc',
    'expired-waiver',
  ]);
});

test('a waiver at a type covers its fields', () => {
  const waivers = [{ rule: 'missing-doc', at: 'R', ...until }];
  expect(found([loaded(undocumented, { waivers })])).toEqual([]);
});

test('a raise makes the warning of one place an error', () => {
  const raises = [{ rule: 'missing-doc', at: 'R.b', ...until }];
  const { findings } = lint([loaded(undocumented, { raises })], TODAY);
  expect(findings.map(({ at, severity }) => [at, severity])).toEqual([
    ['R.a', 'warning'],
    ['R.b', 'error'],
  ]);
});

test('what could only be generated wrongly cannot be waived', () => {
  const waivers = [{ rule: 'column-collision', at: 'R.A_B', ...until }];
  const contract = loaded(root(field('aB', 'int'), field('A_B', 'int')), { waivers });
  expect(new Set(found([contract]))).toEqual(
    new Set(['column-collision R.A_B', 'unused-waiver contract.waivers[0]']),
  );
});

test("waivers of verdicts on changes are not lint's matter", () => {
  const waivers = [{ rule: 'FIELD_REMOVED', at: 'R.gone', ...until }];
  expect(found([loaded(root(), { waivers })])).toEqual([]);
});

test('a type that two contracts share is found wanting once', () => {
  const one = loaded(undocumented);
  const other = { ...one, contract: { ...one.contract, name: 'd', table: 'D' } };
  expect(found([one, other])).toEqual(['missing-doc R.a', 'missing-doc R.b']);
});
