import type { UsageUnit } from './shapes.ts';

/** A moment, given in seconds since 1970 and microseconds, as PostgreSQL writes it in JSON: `2026-11-24T10:00:00.5+00:00`. */
export function momentOf(seconds: number, micros = 0): string {
  const at = new Date(seconds * 1000);
  const rest = micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '')}`;
  return `${monthOf(at)}-${twoDigits[at.getUTCDate()]}T${timeOf(at)}:${twoDigits[at.getUTCSeconds()]}${rest}+00:00`;
}

/** What clocks read, given as seconds since they would have read 1970, by the unit that it names. */
export function labelOf(seconds: number, unit: UsageUnit | 'total'): string {
  const at = new Date(seconds * 1000);
  if (unit === 'month') {
    return monthOf(at);
  }
  const day = `${monthOf(at)}-${twoDigits[at.getUTCDate()]}`;
  return unit === 'hour' ? `${day}T${timeOf(at)}` : day;
}

// A chart has thousands of these: `toISOString` would be most of the time that reading it takes here.
const twoDigits = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));

function monthOf(at: Date): string {
  return `${String(at.getUTCFullYear()).padStart(4, '0')}-${twoDigits[at.getUTCMonth() + 1]}`;
}

function timeOf(at: Date): string {
  return `${twoDigits[at.getUTCHours()]}:${twoDigits[at.getUTCMinutes()]}`;
}
