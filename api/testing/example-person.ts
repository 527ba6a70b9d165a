import { apiHarness, type Harness, type HarnessOptions } from '#api/testing/api-harness.ts';
import { accepted, flight, light, night } from '#recommendations/advice/person-examples.ts';
import { createActivityFold, createTripFold } from '#recommendations/fold.ts';

const HOUR_MS = 3_600_000;
const ZONE = 'Europe/Berlin';
const SIGNAL = new AbortController().signal;
/** The morning before the flight of the person in these examples. */
export const EXAMPLE_NOW = Date.parse('2026-03-16T09:00:00Z');

/** An API that knows of `ada`: two weeks of nights with light, and a flight to Los Angeles the next day. */
export async function exampleApi(settings: HarnessOptions = {}): Promise<Harness> {
  const harness = await apiHarness({ now: EXAMPLE_NOW, ...settings });
  const wakes = Array.from({ length: 14 }, (_, index) => {
    const late = [0, 0.4, -0.3, 0.2, 0.6, 1.4, 1.1][index % 7] ?? 0;
    return Date.parse('2026-03-16T06:00:00Z') - (13 - index) * 24 * HOUR_MS + late * HOUR_MS;
  });
  const records = wakes.flatMap((wake, index) => [
    night(new Date(wake).toISOString(), ZONE, 7.5 + (index % 3) / 4),
    ...(wake + 6 * HOUR_MS < EXAMPLE_NOW
      ? [light(new Date(wake + 4 * HOUR_MS).toISOString(), 1.5, 4000, ZONE)]
      : []),
  ]);
  await createActivityFold(harness.people).write(accepted(records), SIGNAL);
  const trip = flight(ZONE, 'America/Los_Angeles', '2026-03-17T10:00:00Z', '2026-03-17T21:30:00Z');
  await createTripFold(harness.people).write(accepted([trip]), SIGNAL);
  return harness;
}

/** One more sleep of `ada`: a nap. */
export async function takeNap({ people }: Harness): Promise<void> {
  await createActivityFold(people).write(accepted([night('2026-03-16T08:30:00Z', ZONE, 0.5, 'NAP')]), SIGNAL);
}
