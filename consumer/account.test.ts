import { expect, test } from 'vitest';
import { isReconciled, Ledger } from '#consumer/account.ts';

const value = new Uint8Array([0]);

test('every offset is in exactly one state, a row before a letter', () => {
  const rows = [
    { partition: 0, offset: 0n, rows: 1 },
    { partition: 0, offset: 1n, rows: 1 },
  ];
  const ledger = new Ledger(rows, [
    { partition: 0, offset: 1n },
    { partition: 0, offset: 2n },
  ]);
  for (const offset of [0n, 1n, 2n]) ledger.enter({ partition: 0, offset, value });
  ledger.enter({ partition: 0, offset: 3n, value: null });
  const account = ledger.close();
  expect(account).toEqual({ produced: 4, rows: 2, skipped: 1, deadLetters: 1, gaps: [], doubles: [] });
  expect(isReconciled(account)).toBe(true);
});

test('an offset in no state is a gap', () => {
  const ledger = new Ledger([], [{ partition: 1, offset: 0n }]);
  ledger.enter({ partition: 0, offset: 0n, value });
  expect(ledger.close().gaps).toEqual([{ partition: 0, offset: 0n }]);
  expect(isReconciled(ledger.close())).toBe(false);
});

test('an identity with two rows is a double', () => {
  const ledger = new Ledger([{ partition: 0, offset: 0n, rows: 2 }], []);
  ledger.enter({ partition: 0, offset: 0n, value });
  expect(ledger.close().doubles).toHaveLength(1);
  expect(isReconciled(ledger.close())).toBe(false);
});
