import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZonerError } from '#core/errors.ts';
import { MAX_STATEMENTS, writeBisecting } from '#snowflake/bisect.ts';
import { identityOf, type Row } from '#snowflake/row.ts';

const row = (offset: number): Row => {
  return { topic: 't', partition: 0, offset: BigInt(offset), sha256: '', json: '' };
};

/** A table that refuses every statement in which one of these offsets stands. */
function tableThatRefuses(bad: ReadonlySet<number>) {
  const held = new Set<string>();
  let statements = 0;
  const write = async (rows: readonly Row[]): Promise<ReadonlySet<string>> => {
    statements += 1;
    if (rows.some(({ offset }) => bad.has(Number(offset)))) throw new ZonerError('DATA_REFUSED', 'no');
    const before = rows.map(identityOf).filter((identity) => held.has(identity));
    for (const each of rows) held.add(identityOf(each));
    return new Set(before);
  };
  return { held, write, statements: () => statements };
}

test('exactly the rows that the warehouse refuses are refused, and all others are written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 400 }),
      fc.array(fc.nat(399), { maxLength: 3 }),
      async (count, picks) => {
        const bad = new Set(picks.filter((offset) => offset < count));
        const table = tableThatRefuses(bad);
        const rows = Array.from({ length: count }, (_, offset) => row(offset));
        const { refused } = await writeBisecting(rows, table.write);
        expect([...refused.keys()].sort()).toEqual([...bad].map((each) => identityOf(row(each))).sort());
        expect(table.held.size).toBe(count - bad.size);
        expect(table.statements()).toBeLessThanOrEqual(MAX_STATEMENTS);
      },
    ),
  );
});

test('many refused rows are no bad rows but a wrong table: after 64 statements the flush is given up', async () => {
  const table = tableThatRefuses(new Set(Array.from({ length: 500 }, (_, offset) => offset)));
  const rows = Array.from({ length: 500 }, (_, offset) => row(offset));
  await expect(writeBisecting(rows, table.write)).rejects.toMatchObject({ code: 'WAREHOUSE_REFUSED' });
  expect(table.statements()).toBe(MAX_STATEMENTS);
});

test.each(['WAREHOUSE_UNAVAILABLE', 'TABLE_MISSING', 'WAREHOUSE_AUTH'] as const)(
  '%s halves nothing: it says nothing of any row',
  async (code) => {
    let statements = 0;
    const write = async (): Promise<ReadonlySet<string>> => {
      statements += 1;
      throw new ZonerError(code, 'no');
    };
    await expect(writeBisecting([row(0), row(1)], write)).rejects.toMatchObject({ code });
    expect(statements).toBe(1);
  },
);
