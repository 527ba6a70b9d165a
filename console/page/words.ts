/** `12,345`; an en dash for what is not known. */
export function countText(count: number | bigint | null): string {
  return count === null ? '–' : count.toLocaleString('en');
}

/** `1 letter`, `12,345 letters`. */
export function pluralText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** `14:03:10 UTC`. @param at milliseconds since 1970 */
export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}

/** `14:03`, UTC. */
export function minuteText(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** `2026-03-02 14:03:10 UTC`. @param at milliseconds since 1970 */
export function momentText(at: number | bigint): string {
  return `${new Date(Number(at)).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
