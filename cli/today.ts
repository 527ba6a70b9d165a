/** The ISO date in UTC, so that a waiver ends everywhere at once. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
