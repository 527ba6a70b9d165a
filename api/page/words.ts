import { localText } from '#recommendations/local-time.ts';

/** `07:30` */
export function timeText(instant: number, timeZone: string): string {
  return localText(instant, timeZone).slice(11);
}

const DAY = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

/** `Mon, 16 Mar`: the local date of an instant. */
export function dayText(instant: number, timeZone: string): string {
  return DAY.format(new Date(`${localText(instant, timeZone).slice(0, 10)}T00:00:00Z`));
}

/** `Los Angeles` of `America/Los_Angeles`. */
export function cityText(timeZone: string): string {
  return (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');
}
