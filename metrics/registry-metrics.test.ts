import { expect, test } from 'vitest';
import { createMetrics } from '#metrics/metrics.ts';
import { createRegistryMeasure } from '#metrics/registry-metrics.ts';

test('hits and misses are counted from the start, and each request by what it asks and how it ended', async () => {
  const metrics = createMetrics('0.0.0');
  const told = async (name: string): Promise<readonly string[]> =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
  const measure = createRegistryMeasure(metrics);
  measure.lookedUp('hit');
  measure.lookedUp('hit');
  expect(await told('zoner_schema_lookups_total')).toEqual([
    'zoner_schema_lookups_total{result="hit"} 2',
    'zoner_schema_lookups_total{result="miss"} 0',
  ]);
  const client = measure.around({
    schemaById: async (id: number) => id,
    subjectsOfId: () => Promise.reject(new Error('down')),
  });
  expect(await client.schemaById(7)).toBe(7);
  await expect(client.subjectsOfId()).rejects.toThrow('down');
  expect(await told('zoner_registry_request_duration_seconds_count')).toEqual([
    'zoner_registry_request_duration_seconds_count{operation="schemaById",result="ok"} 1',
    'zoner_registry_request_duration_seconds_count{operation="subjectsOfId",result="failed"} 1',
  ]);
});
