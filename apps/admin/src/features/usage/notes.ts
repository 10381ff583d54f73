import type { CreditUsage } from '@reeldesk/api/contract/usage';
import { formatCredits, formatDay, formatShare } from '../../format.ts';
import { usageStrings as t } from '../../strings/usage.ts';
import { weekdayName } from './bucket-names.ts';
import { addDays, dayIn, daysIn, type UsageRange } from './usage-range.ts';

/** How a figure stands to the one of the period before: `1,347 before · +12%`, and by how many times where it is far more. */
export function changeOn(now: number, before: number | undefined): string | undefined {
  if (before === undefined) {
    return undefined;
  }
  if (before <= 0 || now === before) {
    return t.before(formatCredits(before));
  }
  const ratio = now / before;
  const change =
    ratio >= 10
      ? `×${formatCredits(Math.round(ratio))}`
      : `${ratio > 1 ? '+' : '−'}${formatShare(Math.abs(now - before), before)}`;
  return `${t.before(formatCredits(before))} · ${change}`;
}

/** What is to be known of a chart: its zone, its weeks, the bar that is not over, the period it is compared with. */
export function chartNote(range: UsageRange, isUnfinished: boolean, previous?: CreditUsage['previous']): string {
  const last = previous ? addDays(range.from, -1) : null;
  return [
    t.note(t.unitNouns[range.unit], range.timeZone),
    range.unit === 'week' && t.weekNote(weekdayName(range.weekStartsOn)),
    isUnfinished && t.unfinishedNote,
    last !== null && t.beforeRange(formatDay(addDays(last, 1 - daysIn(range))), formatDay(last)),
  ]
    .filter(Boolean)
    .join(' ');
}

/** The day in the range's zone that a moment is in. */
export function dayOf(moment: string, { timeZone }: UsageRange): string {
  return dayIn(timeZone, new Date(moment));
}
