import { z } from 'zod';
import { readAs, readRows, type Actor } from '../actor.ts';
import type { Database } from '../client.ts';
import { ReeldeskError } from '../errors.ts';
import { Prisma } from '../generated/client.ts';
import { timestamp, total } from '../shapes.ts';
import {
  checkRange,
  dimensionMask,
  filterCondition,
  isFiltered,
  keyColumn,
  rangeBefore,
  rangeRow,
  type UsageFilter,
  type UsageRange,
} from './range.ts';
import { usageBucket, type BalanceFigures, type CreditUsage, type UsageDimension, type UsageFigures, type UsageUnit } from './shapes.ts';

export interface CreditUsageInput extends UsageRange {
  unit: UsageUnit;
  /** 1 is Monday, 7 Sunday. */
  weekStartsOn?: number | undefined;
  filter?: UsageFilter | undefined;
  breakdown?: UsageDimension | undefined;
  /** Of one account only. */
  userId?: string | undefined;
  /** Also the totals of the period before. */
  compare?: boolean | undefined;
}

const kind = z.enum(['usage', 'adjustment', 'opening']);
const sums = { creditsOut: total, creditsIn: total, entriesOut: total, entriesIn: total };
const series = { kind, key: z.string().nullable() };

// `rolled` holds running totals, one per boundary; `edges` what lies between a boundary and the quarter
// of an hour before it; `live` the sums of each bucket, 0 being all that came before the range.
const answer = z.object({
  fromAt: timestamp,
  toAt: timestamp,
  buckets: z.array(usageBucket),
  rolled: z.array(
    z.object({
      ...series,
      creditsOut: z.array(total),
      creditsIn: z.array(total),
      entriesOut: z.array(total),
      entriesIn: z.array(total),
    }),
  ),
  edges: z.array(z.object({ ...series, n: z.int(), ...sums })),
  live: z.array(z.object({ ...series, n: z.int(), ...sums })),
});
type Answer = z.infer<typeof answer>;

/**
 * Credits used and refunded per hour, day, week or month of a time zone, exact to the credit and up to this
 * moment; without a filter also those granted and outstanding. Staff see all accounts or one, anybody else his own.
 */
export async function creditUsage(db: Database, actor: Actor, input: CreditUsageInput): Promise<CreditUsage> {
  checkRange(input, input.unit);
  return readAs(db, actor, async (tx, reader) => {
    if (reader === 'anon') {
      throw new ReeldeskError('not_signed_in', 'Nobody is signed in.', { hint: 'Sign in and call again.' });
    }
    const ownId = actor.kind === 'user' ? actor.userId : undefined;
    if (reader === 'user' && input.userId !== undefined && input.userId !== ownId) {
      throw new ReeldeskError('forbidden', 'You may not do this.', { hint: 'Ask for your own usage.' });
    }
    const userId = reader === 'user' ? ownId : input.userId;
    const found = await read(tx, { ...input, userId });
    const before = input.compare ? rangeBefore(input) : null;
    const previous = before && (await read(tx, { ...input, ...before, userId, unit: 'total', breakdown: undefined }));
    const { series: list, totals, balances } = sumUp(found);
    return {
      timeZone: input.timeZone,
      from: found.fromAt,
      to: found.toAt,
      buckets: found.buckets,
      series: list.length > 0 || input.breakdown ? list : [emptySeries(found.buckets.length)],
      totals,
      balances: isFiltered(input.filter ?? {}) ? null : balances,
      previous: previous && { from: previous.fromAt, to: previous.toAt, totals: sumUp(previous).totals },
    };
  });
}

type Query = Omit<CreditUsageInput, 'unit'> & { unit: UsageUnit | 'total' };

async function read(tx: Prisma.TransactionClient, query: Query): Promise<Answer> {
  const { unit, timeZone, weekStartsOn = 1, filter = {}, breakdown, userId } = query;
  const ofVideos = isFiltered(filter);
  const key = (alias: 's' | 't' | 'l') =>
    breakdown === undefined
      ? Prisma.sql`null::text`
      : Prisma.sql`case when ${alias === 's' ? Prisma.sql`s.kind = 'usage'` : Prisma.sql`${Prisma.raw(alias)}.type in ('charge', 'refund')`}
          then ${keyColumn(breakdown, alias)} end`;
  const kindOf = (alias: 't' | 'l') =>
    Prisma.sql`case when ${Prisma.raw(alias)}.type in ('charge', 'refund') then 'usage' else ${Prisma.raw(alias)}.type end as kind`;
  const entries = (alias: 't' | 'l') => {
    const a = Prisma.raw(alias);
    return Prisma.sql`${kindOf(alias)}, ${key(alias)} as key,
      coalesce(-sum(${a}.amount) filter (where ${a}.amount < 0), 0) as credits_out,
      coalesce(sum(${a}.amount) filter (where ${a}.amount >= 0), 0) as credits_in,
      count(*) filter (where ${a}.amount < 0) as entries_out, count(*) filter (where ${a}.amount >= 0) as entries_in`;
  };
  const onlyVideos = (alias: 't' | 'l') =>
    ofVideos ? Prisma.sql`and ${Prisma.raw(alias)}.type in ('charge', 'refund') ${filterCondition(filter, alias)}` : Prisma.empty;
  const rows = await readRows(
    tx,
    Prisma.sql`
      with range as materialized (${rangeRow(query)}),
      buckets as materialized (
        ${
          unit === 'total'
            ? Prisma.sql`select 1 as n, 'total' as label, r.from_at as starts_at, r.to_at as ends_at, false as is_clipped from range r`
            : Prisma.sql`select b.* from range r
                cross join lateral usage.buckets(${unit}, r.from_at, r.to_at, ${timeZone}, ${weekStartsOn}::integer) b`
        }
      ), bounds as materialized (
        select b.n, b.at, date_bin(interval '15 minutes', b.at, timestamptz '1970-01-01 00:00:00+00') as quarter
        from (select n, starts_at as at from buckets union all select max(n) + 1, max(ends_at) from buckets) b
        where b.n is not null
      ), steps as materialized (select array_agg(b.at order by b.n) as at from bounds b)
      ${
        userId === undefined
          ? Prisma.sql`, rolled as (
              select s.kind, ${key('s')} as key,
                array_agg(coalesce(t.credits_out, 0) order by b.n) as credits_out,
                array_agg(coalesce(t.credits_in, 0) order by b.n) as credits_in,
                array_agg(coalesce(t.entries_out, 0) order by b.n) as entries_out,
                array_agg(coalesce(t.entries_in, 0) order by b.n) as entries_in
              from usage.series s
              cross join bounds b
              left join lateral (
                select t.credits_out, t.credits_in, t.entries_out, t.entries_in
                from usage.totals t where t.series_id = s.id and t.quarter < b.quarter
                order by t.quarter desc limit 1
              ) t on true
              where (select usage.live_from()) > '0' and (
                s.kind = 'usage' and s.dimensions = ${dimensionMask(filter, breakdown)}::integer ${filterCondition(filter, 's')}
                ${ofVideos ? Prisma.empty : Prisma.sql`or s.kind in ('adjustment', 'opening')`}
              )
              group by s.id
            ), edges as (
              select b.n, ${entries('t')}
              from bounds b
              join public.credit_transactions t on t.created_at >= b.quarter and t.created_at < b.at
              where b.at > b.quarter and t.xid < (select usage.live_from()) ${onlyVideos('t')}
              group by 1, 2, 3
            ), live as (
              select width_bucket(l.created_at, (select at from steps)) as n, ${entries('l')}
              from usage.live_entries() l
              where l.created_at < (select max(at) from bounds) ${onlyVideos('l')}
              group by 1, 2, 3
            )`
          : Prisma.sql`, live as (
              select width_bucket(t.created_at, (select at from steps)) as n, ${entries('t')}
              from public.credit_transactions t
              where t.user_id = ${userId}::uuid and t.created_at < (select max(at) from bounds) ${onlyVideos('t')}
              group by 1, 2, 3
            )`
      }
      select r.from_at, r.to_at,
        (
          select coalesce(json_agg(json_build_object('label', b.label, 'starts_at', b.starts_at, 'ends_at', b.ends_at,
            'is_clipped', b.is_clipped, 'is_unfinished', b.ends_at > now()) order by b.n), '[]') from buckets b
        ) as buckets,
        (select coalesce(json_agg(l), '[]') from live l) as live,
        ${
          userId === undefined
            ? Prisma.sql`(select coalesce(json_agg(x), '[]') from rolled x) as rolled, (select coalesce(json_agg(e), '[]') from edges e) as edges`
            : Prisma.sql`'[]'::json as rolled, '[]'::json as edges`
        }
      from range r`,
    answer,
  );
  return rows[0]!;
}

interface Column {
  creditsOut: number;
  creditsIn: number;
  entriesOut: number;
  entriesIn: number;
}

/** Running totals at each boundary, kind by kind and key by key, with what is not in the rollups yet. */
function runningTotals(found: Answer): Map<string, { kind: z.infer<typeof kind>; key: string | null; at: Column[] }> {
  const length = found.buckets.length + 1;
  const all = new Map<string, { kind: z.infer<typeof kind>; key: string | null; at: Column[] }>();
  const of = (part: { kind: z.infer<typeof kind>; key: string | null }) => {
    const name = JSON.stringify([part.kind, part.key]);
    let entry = all.get(name);
    if (!entry) {
      const at = Array.from({ length }, () => ({ creditsOut: 0, creditsIn: 0, entriesOut: 0, entriesIn: 0 }));
      entry = { kind: part.kind, key: part.key, at };
      all.set(name, entry);
    }
    return entry.at;
  };
  for (const part of found.rolled) {
    const at = of(part);
    for (let n = 0; n < length; n++) {
      add(at[n]!, {
        creditsOut: part.creditsOut[n]!,
        creditsIn: part.creditsIn[n]!,
        entriesOut: part.entriesOut[n]!,
        entriesIn: part.entriesIn[n]!,
      });
    }
  }
  for (const edge of found.edges) {
    add(of(edge)[edge.n - 1]!, edge);
  }
  for (const part of found.live) {
    const at = of(part);
    for (let n = part.n; n < length; n++) {
      add(at[n]!, part);
    }
  }
  return all;
}

function add(to: Column, from: Column): void {
  to.creditsOut += from.creditsOut;
  to.creditsIn += from.creditsIn;
  to.entriesOut += from.entriesOut;
  to.entriesIn += from.entriesIn;
}

function sumUp(found: Answer): Pick<CreditUsage, 'series' | 'totals'> & { balances: BalanceFigures[] } {
  const list: CreditUsage['series'] = [];
  const totals = noFigures();
  const balances = found.buckets.map(() => ({ creditsGranted: 0, creditsTaken: 0, creditsOutstanding: 0 }));
  for (const { kind: of, key, at } of runningTotals(found).values()) {
    const points: UsageFigures[] = [];
    const own = noFigures();
    for (const [n, balance] of balances.entries()) {
      const [start, end] = [at[n]!, at[n + 1]!];
      balance.creditsOutstanding += end.creditsIn - end.creditsOut;
      if (of === 'usage') {
        const point = {
          creditsUsed: end.creditsOut - start.creditsOut,
          creditsRefunded: end.creditsIn - start.creditsIn,
          charges: end.entriesOut - start.entriesOut,
          refunds: end.entriesIn - start.entriesIn,
        };
        points.push(point);
        addFigures(own, point);
      } else {
        balance.creditsGranted += end.creditsIn - start.creditsIn;
        balance.creditsTaken += end.creditsOut - start.creditsOut;
      }
    }
    if (of === 'usage') {
      addFigures(totals, own);
      if (own.charges > 0 || own.refunds > 0) {
        list.push({ key, points, totals: own });
      }
    }
  }
  list.sort((a, b) => b.totals.creditsUsed - a.totals.creditsUsed || (a.key ?? '\uffff').localeCompare(b.key ?? '\uffff', 'en'));
  return { series: list, totals, balances };
}

function noFigures(): UsageFigures {
  return { creditsUsed: 0, creditsRefunded: 0, charges: 0, refunds: 0 };
}

function addFigures(to: UsageFigures, from: UsageFigures): void {
  to.creditsUsed += from.creditsUsed;
  to.creditsRefunded += from.creditsRefunded;
  to.charges += from.charges;
  to.refunds += from.refunds;
}

function emptySeries(buckets: number): CreditUsage['series'][number] {
  return { key: null, points: Array.from({ length: buckets }, noFigures), totals: noFigures() };
}
