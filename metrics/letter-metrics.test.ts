import { expect, test } from 'vitest';
import type { LetterCounts } from '#dead-letters/count-letters.ts';
import { addLetters } from '#metrics/letter-metrics.ts';
import { createMetrics } from '#metrics/metrics.ts';

test('letters are told by state, with those that expire; what cannot be counted has no series', async () => {
  const metrics = createMetrics('0');
  const found = new Map<string, LetterCounts>([
    ['naps', { byState: new Map([['open', 3] as const, ['parked', 1] as const]), expiring: 2 }],
  ]);
  const count = async (contract: string): Promise<LetterCounts> => {
    const counts = found.get(contract);
    if (counts === undefined) throw new Error('the broker is away');
    return counts;
  };
  const { refresh } = addLetters(metrics, ['naps', 'meals'], count);
  await refresh();
  const told = await metrics.text();
  expect(told).toContain('zoner_letters{contract="naps",state="open"} 3');
  expect(told).toContain('zoner_letters{contract="naps",state="resolved"} 0');
  expect(told).toContain('zoner_expiring_letters{contract="naps"} 2');
  expect(told).toContain('zoner_letters_known{contract="naps"} 1');
  expect(told).toContain('zoner_letters_known{contract="meals"} 0');
  expect(told).not.toContain('zoner_expiring_letters{contract="meals"}');

  found.clear();
  await refresh();
  const away = await metrics.text();
  expect(away).not.toContain('state="open"');
  expect(away).not.toContain('zoner_expiring_letters{');
});
