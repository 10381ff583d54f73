import { browserZone } from '../../format.ts';
import type { UsageSearch } from './usage-search.ts';

const presetDays = { '7d': 7, '30d': 30, '90d': 90 };
export type UsagePreset = keyof typeof presetDays;

export interface UsageRange {
  from: string;
  to: string;
  timeZone: string;
  /** `null` when the days were chosen by hand. */
  preset: UsagePreset | null;
}

/** Whether the browser knows a zone by this name. */
export function isKnownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The calendar day that a moment falls on in a zone, `YYYY-MM-DD`. */
export function dayIn(zone: string, moment: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(moment);
}

/** `days` later on the calendar, which has no hours and so no daylight saving time. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The range that the address asks for; without days of its own, a preset that ends today in the zone. */
export function usageRange(search: UsageSearch, now: Date = new Date()): UsageRange {
  const timeZone = search.zone !== undefined && isKnownZone(search.zone) ? search.zone : browserZone;
  if (search.from !== undefined && search.to !== undefined) {
    return { from: search.from, to: search.to, timeZone, preset: null };
  }
  const preset = search.range ?? '30d';
  const to = dayIn(timeZone, now);
  return { from: addDays(to, 1 - presetDays[preset]), to, timeZone, preset };
}
