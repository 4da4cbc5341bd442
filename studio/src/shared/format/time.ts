/** Times and durations for people; the exact value always goes into a title or a second line. */

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const timeOfDay = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const precise = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });

export function toMillis(value: string | number | null | undefined): number | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  const millis = typeof value === 'number' ? value : /^\d+$/.test(value) ? Number(value) : Date.parse(value);
  return Number.isNaN(millis) ? undefined : millis;
}

export function ago(value: string | number | null | undefined, now: number): string {
  const millis = toMillis(value);
  if (millis === undefined) return '–';
  const seconds = Math.round((millis - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 5) return 'just now';
  if (size < 60) return relative.format(seconds, 'second');
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  if (size < 30 * 86_400) return relative.format(Math.round(seconds / 86_400), 'day');
  return exact.format(millis);
}

export function exactTime(value: string | number | null | undefined): string {
  const millis = toMillis(value);
  return millis === undefined ? '' : exact.format(millis);
}

export function clockTime(value: string | number | null | undefined): string {
  const millis = toMillis(value);
  return millis === undefined ? '' : precise.format(millis);
}

/** Hours, minutes and seconds. */
export function clock(millis: number): string {
  return timeOfDay.format(millis);
}

export function duration(from: string | number, to: string | number | null | undefined, now: number): string {
  const start = toMillis(from);
  if (start === undefined) return '–';
  const millis = Math.max(0, (toMillis(to) ?? now) - start);
  if (millis < 1000) return `${millis} ms`;
  const seconds = millis / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
