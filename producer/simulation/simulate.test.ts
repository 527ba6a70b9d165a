import { expect, test } from 'vitest';
import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { parseFrame } from '#avro/frame.ts';
import { parseSchema } from '#avro/parse.ts';
import { isZonerError } from '#core/errors.ts';
import { UserActivity } from '#generated/user-activity/types.ts';
import { encodeRecord } from '#producer/encode-record.ts';
import { breakRecord, FAULTS } from '#producer/simulation/faults.ts';
import { PLACES, sunHeight } from '#producer/simulation/places.ts';
import { createRandom } from '#producer/simulation/random.ts';
import { simulate } from '#producer/simulation/simulate.ts';

const options = { users: 20, days: 7, seed: 'zoner', start: '2026-03-02' };

function live(over: Partial<typeof options> = {}) {
  const lived = [...simulate({ ...options, ...over })];
  return {
    lived,
    activities: lived.flatMap((each) => (each.kind === 'activity' ? [each.value] : [])),
    trips: lived.flatMap((each) => (each.kind === 'trip' ? [each.value] : [])),
  };
}
const simulation = live();
const schema = parseSchema(UserActivity.schema);
const maker = { topic: 't', key: 'userId', schemaId: 7, encoder: compileEncoder(schema) };

test('twenty people and a week are about five thousand activities and one trip', () => {
  expect(simulation.activities.length).toBeGreaterThan(4500);
  expect(simulation.activities.length).toBeLessThan(6000);
  expect(simulation.trips).toHaveLength(1);
});

test('the same seed gives the same records, byte for byte; another seed others', () => {
  const bytes = (seed: string): string =>
    live({ users: 3, seed })
      .activities.map((each) => Buffer.from(encodeRecord(maker, each).value ?? '').toString('hex'))
      .join();
  expect(bytes('a')).toBe(bytes('a'));
  expect(bytes('a')).not.toBe(bytes('b'));
});

test('activities stand in order, and each has an id of its own', () => {
  const times = simulation.activities.map(({ occurredAt }) => occurredAt.getTime());
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(simulation.activities.map(({ eventId }) => eventId)).size).toBe(times.length);
});

test('every activity keeps its contract', () => {
  const { decode } = compileDecoder(schema, schema);
  for (const activity of simulation.activities) {
    const framed = parseFrame(encodeRecord(maker, activity).value ?? new Uint8Array());
    expect(decode(framed?.payload ?? new Uint8Array())).toMatchObject({ eventId: activity.eventId });
  }
});

test('the traveller lives by the clock of the destination after the flight', () => {
  const [trip] = simulation.trips;
  const own = simulation.activities.filter(({ userId }) => userId === trip?.userId);
  const zones = new Set(own.map(({ timeZone }) => timeZone));
  expect(zones).toEqual(new Set([trip?.originTimeZone, trip?.destinationTimeZone]));
  for (const { occurredAt, occurredAtLocal } of own) {
    const offset = (Number(occurredAtLocal) - occurredAt.getTime()) / 3_600_000;
    expect(Math.abs(offset)).toBeLessThanOrEqual(14);
  }
});

test('weeks of people who travel: plans stand before their flights, and nobody is in two places', () => {
  const { lived, trips, activities } = live({ users: 4, days: 40, seed: 'travel' });
  expect(trips.length).toBeGreaterThan(1);
  expect(lived.findIndex(({ at }, index) => at < (lived[index - 1]?.at ?? 0))).toBe(-1);
  for (const trip of trips) {
    expect(trip.plannedAt.getTime()).toBeLessThan(trip.departsAt.getTime() - 2 * 86_400_000);
    const aboard = activities.filter(
      ({ userId, occurredAt }) =>
        userId === trip.userId && occurredAt >= trip.departsAt && occurredAt < trip.arrivesAt,
    );
    expect(aboard.length).toBeGreaterThan(0);
    for (const { activity } of aboard) {
      if (activity.kind === 'LightExposure') expect(activity.surroundings).toBe('IN_TRANSIT');
      expect(activity.kind).not.toBe('Meal');
    }
  }
});

test('light outdoors follows the sun of the place, and is gone at night', () => {
  const [berlin] = PLACES;
  expect(sunHeight(berlin, new Date('2026-06-21T11:00:00Z'))).toBeGreaterThan(0.85);
  expect(sunHeight(berlin, new Date('2026-12-21T11:00:00Z'))).toBeLessThan(0.3);
  expect(sunHeight(berlin, new Date('2026-06-21T23:00:00Z'))).toBeLessThan(0);
  for (const { activity, timeZone, occurredAt } of simulation.activities) {
    if (activity.kind !== 'LightExposure' || activity.surroundings !== 'OUTDOORS') continue;
    const place = PLACES.find((each) => each.timeZone === timeZone);
    expect(place && sunHeight(place, occurredAt)).toBeGreaterThan(0);
  }
});

test('a simulation without end begins as it would again', () => {
  const head = (): unknown[] => {
    const endless = simulate({ ...options, users: 2, days: Number.POSITIVE_INFINITY });
    return Array.from({ length: 800 }, () => endless.next().value);
  };
  expect(head()).toEqual(head());
});

test('every fault but the null value breaks the record, and none changes its key', () => {
  const [activity] = simulation.activities;
  const { decode } = compileDecoder(schema, schema);
  for (const fault of FAULTS) {
    for (let round = 0; round < 50; round += 1) {
      const record = encodeRecord(maker, activity);
      const broken = breakRecord(record, fault, 9, createRandom(`${fault}/${round}`));
      expect(broken.key).toBe(record.key);
      if (fault === 'null value') expect(broken.value).toBeNull();
      else expect(isBroken(broken.value ?? new Uint8Array(), decode), `${fault} ${round}`).toBe(true);
    }
  }
});

/** No frame, another id than the schema's, or a payload that the schema cannot read. */
function isBroken(value: Uint8Array, decode: (payload: Uint8Array) => unknown): boolean {
  const framed = parseFrame(value);
  if (framed === null || framed.schemaId !== maker.schemaId) return true;
  try {
    decode(framed.payload);
    return false;
  } catch (error) {
    if (isZonerError(error, 'UNDECODABLE', 'VALUE_INVALID')) return true;
    throw error;
  }
}
