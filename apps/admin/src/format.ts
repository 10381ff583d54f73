const locale = 'en';
const wholeNumber = new Intl.NumberFormat(locale);
const oneDecimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
const shortNumber = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
const absolute = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' });
const shortMoment = new Intl.DateTimeFormat(locale, {
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
});
const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const longDay = new Intl.DateTimeFormat(locale, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const shortDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

/** The zone of this browser, an IANA name. */
export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** Credits without a sign, for balances: `1,234`, with a real minus when negative. */
export function formatCredits(credits: number): string {
  return wholeNumber.format(credits).replace('-', '−');
}

/** Credits that moved, always signed: `+15`, `−15`, `0`. */
export function formatSigned(credits: number): string {
  return credits > 0 ? `+${wholeNumber.format(credits)}` : formatCredits(credits);
}

export function formatDecimal(value: number): string {
  return oneDecimal.format(value);
}

export function formatShort(value: number): string {
  return shortNumber.format(value).replace('-', '−');
}

/** A share of 1 as per cent; a dash when there is nothing to share. */
export function formatShare(part: number, whole: number): string {
  return whole === 0 ? '–' : percent.format(part / whole);
}

/** A moment with its zone, in the browser's own: `Nov 24, 2026, 7:46:13 PM GMT+1`. */
export function formatMoment(timestamp: string): string {
  return absolute.format(new Date(timestamp));
}

/** A moment for a tight place, in the browser's zone: `Nov 24, 7:46 PM`. */
export function formatShortMoment(timestamp: string): string {
  return shortMoment.format(new Date(timestamp));
}

/** The day of a moment, in the browser's zone. */
export function formatDate(timestamp: string): string {
  return date.format(new Date(timestamp));
}

/** A calendar day `YYYY-MM-DD`, which has no zone: `Tue, Nov 24, 2026`. */
export function formatDay(day: string): string {
  return longDay.format(new Date(`${day}T00:00:00Z`));
}

/** A calendar day for a tight place: `Nov 24`. */
export function formatShortDay(day: string): string {
  return shortDay.format(new Date(`${day}T00:00:00Z`));
}

// Days up to a hundred: in a list, one "last month" could not be told from the next.
const ages: [unit: Intl.RelativeTimeFormatUnit, seconds: number, fewerThan: number][] = [
  ['second', 1, 60],
  ['minute', 60, 60],
  ['hour', 3600, 24],
  ['day', 86_400, 100],
  ['month', 30.44 * 86_400, 12],
];

/** How long ago: `3 minutes ago`, `yesterday`, `45 days ago`, `4 months ago`. */
export function formatRelative(timestamp: string, now: number = Date.now()): string {
  const seconds = (Date.parse(timestamp) - now) / 1000;
  const [unit, size] = ages.find(([, each, fewerThan]) => Math.abs(Math.round(seconds / each)) < fewerThan) ?? [
    'year',
    365.25 * 86_400,
  ];
  return relative.format(Math.round(seconds / size), unit);
}

const durations: [unit: string, seconds: number][] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** A length of time in its largest unit: `3 min`, `2.2 d`. */
export function formatDuration(seconds: number): string {
  const [unit, size] = durations.find(([, least]) => seconds >= least) ?? ['s', 1];
  return `${formatDecimal(seconds / size)} ${unit}`;
}

export { shortId } from './short-id.ts';
