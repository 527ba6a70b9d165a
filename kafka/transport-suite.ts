import { describe } from 'vitest';
import { groupsSuite } from '#kafka/groups-suite.ts';
import { recordsSuite } from '#kafka/records-suite.ts';
import { suiteTransport, type TransportHarness } from '#kafka/suite-transport.ts';

/** What every Kafka adapter promises. Each adapter's tests run all of it. */
export function transportSuite(name: string, harness: TransportHarness): void {
  describe(name, () => {
    const transport = suiteTransport(harness);
    recordsSuite(transport);
    groupsSuite(transport);
  });
}
