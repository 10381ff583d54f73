import type { UsageUnit } from '@reeldesk/api/contract/usage';
import { browserZone } from '../../format.ts';
import type { UsageSearch } from './usage-search.ts';

const presetDays = { today: 1, '7d': 7, '30d': 30, '90d': 90, '12m': 365 };
export type UsagePreset = keyof typeof presetDays;

export interface UsageRange {
  from: string;
  to: string;
  timeZone: string;
  /** `null` when the days were chosen by hand. */
  preset: UsagePreset | null;
  unit: UsageUnit;
  weekStartsOn: number;
}

/** Why a range can't be asked for, `null` when it can. */
export type RangeProblem = 'swapped' | 'too_many' | null;

// The server's own limit.
const MAX_BUCKETS = 2400;
const hoursOf = { hour: 1, day: 24, week: 168, month: 672 };

/** Whether the browser knows a zone by this name. */
export function isKnownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[a-z]/i.test(zone);
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

/** The first day of a week where this language is spoken: 1 Monday to 7 Sunday. */
export function weekStartOf(language: string): number {
  try {
    const locale = new Intl.Locale(language) as Intl.Locale & {
      getWeekInfo?: () => { firstDay: number };
      weekInfo?: { firstDay: number };
    };
    return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
  } catch {
    // Some systems name their language as no browser does: `en-US@posix`.
    return 1;
  }
}

/** How many days a range has, both ends included. */
export function daysIn({ from, to }: { from: string; to: string }): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
}

/** The range that the address asks for; without days of its own, a preset that ends today in the zone. */
export function usageRange(
  search: UsageSearch,
  now: Date = new Date(),
  language: string = navigator.language,
): UsageRange {
  const timeZone = search.zone !== undefined && isKnownZone(search.zone) ? search.zone : browserZone;
  const weekStartsOn = weekStartOf(language);
  const chosen = search.from !== undefined && search.to !== undefined ? { from: search.from, to: search.to } : null;
  const preset = chosen ? null : (search.range ?? '30d');
  const today = dayIn(timeZone, now);
  const days = chosen ?? { from: addDays(today, 1 - presetDays[preset!]), to: today };
  return { ...days, timeZone, preset, weekStartsOn, unit: search.unit ?? unitFor(daysIn(days)) };
}

function unitFor(days: number): UsageUnit {
  return days <= 2 ? 'hour' : days <= 100 ? 'day' : days <= 750 ? 'week' : 'month';
}

/** Whether the server would refuse the range, and why. */
export function problemOf(range: UsageRange): RangeProblem {
  if (range.from > range.to) {
    return 'swapped';
  }
  return (daysIn(range) * 24) / hoursOf[range.unit] > MAX_BUCKETS ? 'too_many' : null;
}
