import type { UsageUnit } from '@reeldesk/api/contract/usage';
import { formatDay, formatShortDay } from '../../format.ts';

const month = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const shortMonth = new Intl.DateTimeFormat('en', { month: 'short', year: '2-digit', timeZone: 'UTC' });
const hour = new Intl.DateTimeFormat('en', { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
const weekday = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' });

/** The name of a bucket, whose label is local to its zone: `Tue, Nov 24, 2026`, `November 2026`. */
export function bucketName(label: string, unit: UsageUnit): string {
  const names: Record<UsageUnit, () => string> = {
    hour: () => `${formatDay(label.slice(0, 10))}, ${hour.format(new Date(`${label.slice(0, 16)}Z`))}`,
    day: () => formatDay(label),
    week: () => `Week of ${formatDay(label)}`,
    month: () => month.format(new Date(`${label.slice(0, 7)}-01T00:00:00Z`)),
  };
  return names[unit]();
}

/** The same for a tight place. */
export function shortBucketName(label: string, unit: UsageUnit): string {
  const names: Record<UsageUnit, () => string> = {
    hour: () => hour.format(new Date(`${label.slice(0, 16)}Z`)),
    day: () => formatShortDay(label),
    week: () => formatShortDay(label),
    month: () => shortMonth.format(new Date(`${label.slice(0, 7)}-01T00:00:00Z`)),
  };
  return names[unit]();
}

/** The name of a day of the week: 1 Monday to 7 Sunday. */
export function weekdayName(day: number): string {
  // The first of January 2024 was a Monday.
  return weekday.format(new Date(Date.UTC(2024, 0, day)));
}
