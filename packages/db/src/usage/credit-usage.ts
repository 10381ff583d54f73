import type { Actor } from '../actor.ts';
import type { Database } from '../client.ts';
import { checkRange, isFiltered, rangeBefore, type UsageFilter, type UsageRange } from './range.ts';
import { accountInReach, readReportAs } from './reader.ts';
import { readRunningTotals, type RunningTotals, type Sums } from './running-totals.ts';
import type { BalanceFigures, CreditUsage, UsageDimension, UsageFigures, UsageUnit } from './shapes.ts';

export interface CreditUsageInput extends UsageRange {
  unit: UsageUnit;
  /** 1 is Monday, 7 Sunday. */
  weekStartsOn?: number | undefined;
  filter?: UsageFilter | undefined;
  breakdown?: UsageDimension | undefined;
  /** Of one account only. */
  userId?: string | undefined;
  /** `false` leaves out the credits granted and outstanding, which a chart of usage needs not look up. */
  balances?: boolean | undefined;
  /** Also the period before, bucket by bucket. */
  compare?: boolean | undefined;
}

/**
 * Credits used and refunded and videos begun and ended per hour, day, week or month of a time zone, exact and up to
 * this moment; without a filter also credits granted and outstanding, unless they are not asked for. Staff see all accounts or one, others their own.
 */
export async function creditUsage(db: Database, actor: Actor, input: CreditUsageInput): Promise<CreditUsage> {
  checkRange(input, input.unit);
  return readReportAs(db, actor, async (tx, reader) => {
    const userId = await accountInReach(tx, reader, input.userId);
    const balances = input.balances !== false && !isFiltered(input.filter ?? {});
    const before = input.compare ? rangeBefore(input) : undefined;
    const found = await readRunningTotals(tx, { ...input, userId, balances, before });
    const { series, totals } = sumUp(found);
    const nothing = { key: null, points: found.buckets.map(noFigures), totals: noFigures() };
    return {
      timeZone: input.timeZone,
      from: found.from,
      to: found.to,
      buckets: found.buckets,
      series: series.length === 0 && input.breakdown === undefined ? [nothing] : series,
      totals,
      balances: balances ? balancesOf(found) : null,
      previous: found.before && {
        from: found.before.from,
        to: found.before.to,
        buckets: found.before.buckets,
        points: pointsOfAll(found.before),
        totals: sumUp(found.before).totals,
      },
    };
  });
}

/** The figures of each bucket, over all series. */
function pointsOfAll({
  buckets,
  series,
}: Pick<RunningTotals, 'series'> & { buckets: readonly unknown[] }): UsageFigures[] {
  const usage = series.filter(({ kind }) => kind === 'usage');
  return buckets.map((_, n) => {
    const sum = noFigures();
    for (const { at } of usage) {
      addUp(sum, between(at[n]!, at[n + 1]!));
    }
    return sum;
  });
}

function addUp(sum: UsageFigures, figures: UsageFigures): void {
  for (const name of Object.keys(sum) as (keyof UsageFigures)[]) {
    sum[name] += figures[name];
  }
}

function sumUp(found: {
  buckets: readonly unknown[];
  series: RunningTotals['series'];
}): Pick<CreditUsage, 'series' | 'totals'> {
  const totals = noFigures();
  const series: CreditUsage['series'] = [];
  for (const { kind, key, at } of found.series) {
    const own = between(at[0]!, at.at(-1)!);
    if (kind === 'usage' && Object.values(own).some((figure) => figure !== 0)) {
      const points = found.buckets.map((_, n) => between(at[n]!, at[n + 1]!));
      series.push({ key, points, totals: own });
      addUp(totals, own);
    }
  }
  // The largest first; what is not known comes after what is, when they are equal.
  series.sort(
    (a, b) => b.totals.creditsUsed - a.totals.creditsUsed || (a.key ?? '\uffff').localeCompare(b.key ?? '\uffff', 'en'),
  );
  return { series, totals };
}

function balancesOf(found: RunningTotals): BalanceFigures[] {
  return found.buckets.map((_, n) => {
    const figures = { creditsGranted: 0, creditsTaken: 0, creditsOutstanding: 0 };
    for (const { kind, at } of found.series) {
      const [start, end] = [at[n]!, at[n + 1]!];
      figures.creditsOutstanding += end.creditsIn - end.creditsOut;
      if (kind !== 'usage') {
        figures.creditsGranted += end.creditsIn - start.creditsIn;
        figures.creditsTaken += end.creditsOut - start.creditsOut;
      }
    }
    return figures;
  });
}

function between(start: Sums, end: Sums): UsageFigures {
  return {
    creditsUsed: end.creditsOut - start.creditsOut,
    creditsRefunded: end.creditsIn - start.creditsIn,
    charges: end.entriesOut - start.entriesOut,
    refunds: end.entriesIn - start.entriesIn,
    videosCompleted: end.videosCompleted - start.videosCompleted,
    videosFailed: end.videosFailed - start.videosFailed,
    creditsFailed: end.creditsFailed - start.creditsFailed,
  };
}

function noFigures(): UsageFigures {
  return {
    creditsUsed: 0,
    creditsRefunded: 0,
    charges: 0,
    refunds: 0,
    videosCompleted: 0,
    videosFailed: 0,
    creditsFailed: 0,
  };
}
