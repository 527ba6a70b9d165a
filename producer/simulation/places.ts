/** A city where simulated people live or fly to: its zone, and where it stands, in degrees north and east. */
export interface Place {
  readonly timeZone: string;
  readonly latitude: number;
  readonly longitude: number;
}

export const PLACES: readonly [Place, ...Place[]] = [
  { timeZone: 'Europe/Berlin', latitude: 52.5, longitude: 13.4 },
  { timeZone: 'Europe/Lisbon', latitude: 38.7, longitude: -9.1 },
  { timeZone: 'America/New_York', latitude: 40.7, longitude: -74 },
  { timeZone: 'America/Los_Angeles', latitude: 34.1, longitude: -118.2 },
  { timeZone: 'Asia/Tokyo', latitude: 35.7, longitude: 139.7 },
  { timeZone: 'Australia/Sydney', latitude: -33.9, longitude: 151.2 },
];

const EARTH_RADIUS_KM = 6371;
const CRUISE_KM_A_HOUR = 850;
const HOURS_ON_THE_GROUND = 0.75;

/** Hours from gate to gate, along the great circle. */
export function flightHours(from: Place, to: Place): number {
  const [a, b] = [radians(from.latitude), radians(to.latitude)];
  const across = Math.cos(radians(to.longitude - from.longitude));
  const cosine = Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * across;
  return (EARTH_RADIUS_KM * Math.acos(Math.min(1, cosine))) / CRUISE_KM_A_HOUR + HOURS_ON_THE_GROUND;
}

/**
 * The sine of the sun's height at a place: declination by the day of the year, hour angle by local solar time (mean sun;
 * Meeus, Astronomical Algorithms, 1998, chapter 13). Within a degree or two, which is what light at an eye needs.
 */
export function sunHeight({ latitude, longitude }: Place, instant: Date): number {
  const days = instant.getTime() / 86_400_000;
  const declination = radians(-23.44 * Math.cos((2 * Math.PI * ((days % 365.2425) + 10)) / 365.2425));
  const solarHour = ((days % 1) * 24 + longitude / 15) % 24;
  const hourAngle = radians(15 * (solarHour - 12));
  const phi = radians(latitude);
  return Math.sin(phi) * Math.sin(declination) + Math.cos(phi) * Math.cos(declination) * Math.cos(hourAngle);
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;
