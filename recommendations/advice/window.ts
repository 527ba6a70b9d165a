/** What to do over a stretch of time, and why. */
export interface Window {
  readonly kind: WindowKind;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** Where the person is then. */
  readonly timeZone: string;
  readonly reason: string;
}

export type WindowKind = 'seek-light' | 'avoid-light' | 'sleep' | 'nap' | 'eat' | 'no-caffeine';

/** What a window is called wherever a person reads it. */
export const WINDOW_NAMES: Readonly<Record<WindowKind, string>> = {
  'seek-light': 'Seek bright light',
  'avoid-light': 'Avoid bright light',
  sleep: 'Sleep',
  nap: 'Nap',
  eat: 'Eat',
  'no-caffeine': 'No caffeine',
};

/** `0.8` -> `50 min`, `1.6` -> `1 h 35 min`; to five minutes. */
export function lengthText(hours: number): string {
  const minutes = Math.round(Math.abs(hours) * 12) * 5;
  const whole = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (whole === 0) return `${rest} min`;
  return rest === 0 ? `${whole} h` : `${whole} h ${rest} min`;
}

export const directionText = (hours: number): string => (hours < 0 ? 'earlier' : 'later');
