import { ReeldeskError } from '../errors.ts';
import { Prisma } from '../generated/client.ts';
import type { VideoType } from '../shapes.ts';
import type { UsageDimension, UsageUnit } from './shapes.ts';

/** Both days of the zone (`YYYY-MM-DD`, the last one included), or both moments (`to` not included). */
export interface UsageRange {
  from: string;
  to: string;
  timeZone: string;
}

/** Only entries of videos with these values. */
export interface UsageFilter {
  videoType?: VideoType | undefined;
  resolution?: string | undefined;
  quality?: string | undefined;
}

export const dimensionColumns = { videoType: 'video_type', resolution: 'resolution', quality: 'quality' } as const;
const dimensionBits = { videoType: 4, resolution: 2, quality: 1 } as const;
const dimensions = Object.keys(dimensionBits) as UsageDimension[];

const MAX_BUCKETS = 2_400;
const hoursOf = { hour: 1, day: 24, week: 168, month: 672 } as const;

/** Raises `invalid_input` for a zone, range or number of buckets that can't be reported. */
export function checkRange({ from, to, timeZone }: UsageRange, unit?: UsageUnit): void {
  checkTimeZone(timeZone);
  const areDays = isDay(from);
  if (areDays !== isDay(to)) {
    throw invalid('to', 'must be a day as from is, or both moments', 'Give two days, or two moments with their zone.');
  }
  const hours = (Date.parse(to) - Date.parse(from)) / 3_600_000 + (areDays ? 24 : 0);
  if (!(hours > 0)) {
    throw invalid('to', 'must be after from', 'Give a range that does not end before it begins.');
  }
  if (unit !== undefined && hours / hoursOf[unit] > MAX_BUCKETS) {
    throw invalid('to', `makes more than ${MAX_BUCKETS} buckets`, 'Choose a shorter range or a larger unit.');
  }
}

/** Offsets are refused as zones: PostgreSQL reads the sign of +05:30 the other way round. */
export function checkTimeZone(timeZone: string): void {
  try {
    if (!/^[a-z]/i.test(timeZone)) {
      throw new RangeError('not a name');
    }
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new ReeldeskError('invalid_input', `timeZone ${timeZone} is not known.`, {
      details: { field: 'timeZone' },
      hint: 'Use an IANA name, such as Europe/Berlin or UTC.',
    });
  }
}

function invalid(field: string, problem: string, hint: string): ReeldeskError {
  return new ReeldeskError('invalid_input', `${field} ${problem}.`, { details: { field }, hint });
}

function isDay(value: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(value);
}

/** One row: the range as moments, `from_at` and `to_at`. */
export function rangeRow({ from, to, timeZone }: UsageRange): Prisma.Sql {
  return isDay(from)
    ? Prisma.sql`select min(l.starts_at) as from_at, max(l.starts_at) as to_at
        from usage.local_starts(array[${from}::date::timestamp, ${to}::date::timestamp + interval '1 day'], ${timeZone}) l`
    : Prisma.sql`select ${from}::timestamptz as from_at, ${to}::timestamptz as to_at`;
}

/** The range of the same length right before: as many days (`days`), or as much time (`days` is null). */
export function rangeBefore({ from, to, timeZone }: UsageRange): UsageRange & { days: number | null } {
  const length = Date.parse(to) - Date.parse(from);
  if (isDay(from)) {
    const last = new Date(Date.parse(from) - 86_400_000);
    const days = length / 86_400_000 + 1;
    return { from: dayOf(new Date(last.getTime() - length)), to: dayOf(last), timeZone, days };
  }
  return { from: new Date(Date.parse(from) - length).toISOString(), to: from, timeZone, days: null };
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Whether anything is filtered by video. */
export function isFiltered(filter: UsageFilter): boolean {
  return dimensions.some((dimension) => filter[dimension] !== undefined);
}

/** The filter as `and …` on columns of `alias`. */
export function filterCondition(filter: UsageFilter, alias: 's' | 't' | 'l'): Prisma.Sql {
  const conditions = dimensions
    .filter((dimension) => filter[dimension] !== undefined)
    .map((dimension) => Prisma.sql`and ${column(dimension, alias)} = ${filter[dimension]}`);
  return conditions.length === 0 ? Prisma.empty : Prisma.join(conditions, ' ');
}

/** The breakdown's column of `alias`, NULL without a breakdown. */
export function keyColumn(breakdown: UsageDimension | undefined, alias: 's' | 't' | 'l'): Prisma.Sql {
  return breakdown === undefined ? Prisma.sql`null::text` : column(breakdown, alias);
}

/** Which kind of `usage.series` answers a filter and a breakdown: of no dimension, of one, or of all three. */
export function dimensionMask(filter: UsageFilter, breakdown?: UsageDimension): number {
  const needed = dimensions.filter((dimension) => filter[dimension] !== undefined || dimension === breakdown);
  return needed.length > 1 ? 7 : needed.reduce((mask, dimension) => mask | dimensionBits[dimension], 0);
}

function column(dimension: UsageDimension, alias: string): Prisma.Sql {
  return Prisma.raw(`${alias}.${dimensionColumns[dimension]}`);
}
