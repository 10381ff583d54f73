import { z } from 'zod';
import { readRows } from '../actor.ts';
import { Prisma } from '../generated/client.ts';
import { timestamp, total } from '../shapes.ts';
import { dimensionMask, filterCondition, keyColumn, rangeRow, type UsageFilter, type UsageRange } from './range.ts';
import { usageBucket, type UsageDimension, type UsageUnit } from './shapes.ts';

export interface RunningTotalsQuery extends UsageRange {
  /** `total`: the range is one bucket. */
  unit: UsageUnit | 'total';
  weekStartsOn?: number | undefined;
  filter?: UsageFilter | undefined;
  breakdown?: UsageDimension | undefined;
  /** Also adjustments and opening balances, of which the credits outstanding are made; never with a filter. */
  balances?: boolean | undefined;
  /** Of one account, whose rows are summed one by one; otherwise of all, from the rollups. */
  userId?: string | undefined;
}

const kind = z.enum(['usage', 'adjustment', 'opening']);
const measures = [
  'creditsOut',
  'creditsIn',
  'entriesOut',
  'entriesIn',
  'videosCompleted',
  'videosFailed',
  'creditsFailed',
] as const;
/** Sums of everything before a moment. */
export type Sums = Record<(typeof measures)[number], number>;

export interface RunningTotals {
  from: string;
  to: string;
  buckets: z.infer<typeof usageBucket>[];
  /** `at` has one element more than there are buckets: the sums at the start of each, and at the end of the last. */
  series: { kind: z.infer<typeof kind>; key: string | null; at: Sums[] }[];
}

// Sums arrive as arrays in the order of `measures`: a chart of three years has thousands of them.
const answer = z.object({
  fromAt: timestamp,
  toAt: timestamp,
  buckets: z.array(usageBucket),
  rolled: z.array(z.tuple([kind, z.string().nullable(), z.array(z.array(total))])),
  edges: z.array(z.tuple([kind, z.string().nullable(), z.int(), z.array(total)])),
  live: z.array(z.tuple([kind, z.string().nullable(), z.int(), z.array(total)])),
});

const sumsOfRows = Prisma.sql`json_build_array(
  coalesce(-sum(l.amount) filter (where l.amount < 0), 0), coalesce(sum(l.amount) filter (where l.amount >= 0), 0),
  count(*) filter (where l.amount < 0), count(*) filter (where l.amount >= 0),
  count(*) filter (where l.status = 'completed'), count(*) filter (where l.status = 'failed'),
  coalesce(sum(l.credits) filter (where l.status = 'failed'), 0))`;
const quarterOf = (moment: Prisma.Sql) =>
  Prisma.sql`date_bin(interval '15 minutes', ${moment}, timestamptz '1970-01-01 00:00:00+00')`;
const ledgerRow = (at: Prisma.Sql) => Prisma.sql`${at} as at,
  case when t.type in ('charge', 'refund') then 'usage' else t.type end as kind,
  t.video_type, t.resolution, t.quality, t.amount, null::text as status, null::integer as credits`;
const videoEnd = (at: Prisma.Sql) =>
  Prisma.sql`${at}, 'usage', v.video_type, v.resolution, v.quality, null, v.status, v.credits`;

/**
 * The sums at each boundary of a range's buckets. For all accounts they are rollups up to the quarter of an hour
 * before (one index lookup each), the ledger from there to a boundary that lies beside the quarters, and the rows
 * that are not in the rollups: all in one statement, so of one snapshot.
 */
export async function readRunningTotals(
  tx: Prisma.TransactionClient,
  query: RunningTotalsQuery,
): Promise<RunningTotals> {
  const rows = await readRows(tx, statement(query), answer);
  const found = rows[0]!;
  const length = found.buckets.length + 1;
  const series = new Map<string, RunningTotals['series'][number]>();
  const sumsOf = (of: z.infer<typeof kind>, key: string | null): Sums[] => {
    const name = JSON.stringify([of, key]);
    const entry = series.get(name) ?? { kind: of, key, at: Array.from({ length }, noSums) };
    series.set(name, entry);
    return entry.at;
  };
  for (const [of, key, columns] of found.rolled) {
    const at = sumsOf(of, key);
    for (const [m, measure] of measures.entries()) {
      for (const [n, sum] of columns[m]?.entries() ?? []) {
        at[n]![measure] += sum;
      }
    }
  }
  for (const [of, key, n, sums] of found.edges) {
    add(sumsOf(of, key)[n - 1]!, sums);
  }
  for (const [of, key, n, sums] of found.live) {
    for (const at of sumsOf(of, key).slice(n)) {
      add(at, sums);
    }
  }
  return { from: found.fromAt, to: found.toAt, buckets: found.buckets, series: [...series.values()] };
}

function noSums(): Sums {
  return {
    creditsOut: 0,
    creditsIn: 0,
    entriesOut: 0,
    entriesIn: 0,
    videosCompleted: 0,
    videosFailed: 0,
    creditsFailed: 0,
  };
}

function add(to: Sums, from: readonly number[]): void {
  for (const [m, measure] of measures.entries()) {
    to[measure] += from[m]!;
  }
}

function statement(query: RunningTotalsQuery): Prisma.Sql {
  const { unit, timeZone, weekStartsOn = 1, filter = {}, breakdown, balances = false, userId } = query;
  const key = (alias: 's' | 'l') =>
    breakdown === undefined
      ? Prisma.sql`null::text`
      : Prisma.sql`case when ${Prisma.raw(alias)}.kind = 'usage' then ${keyColumn(breakdown, alias)} end`;
  const wanted = balances ? Prisma.sql`true` : Prisma.sql`l.kind = 'usage' ${filterCondition(filter, 'l')}`;
  const buckets =
    unit === 'total'
      ? Prisma.sql`select 1 as n, 'total' as label, r.from_at as starts_at, r.to_at as ends_at, false as is_clipped from range r`
      : Prisma.sql`select b.* from range r
          cross join lateral usage.buckets(${unit}, r.from_at, r.to_at, ${timeZone}, ${weekStartsOn}::integer) b`;
  const live =
    userId === undefined
      ? Prisma.sql`select ${ledgerRow(Prisma.sql`t.created_at`)} from usage.live_entries() t
          union all select ${videoEnd(Prisma.sql`v.ended_at`)} from usage.live_video_ends() v`
      : Prisma.sql`select ${ledgerRow(Prisma.sql`t.created_at`)} from public.credit_transactions t where t.user_id = ${userId}::uuid
          union all select ${videoEnd(Prisma.sql`v.ended_at`)} from usage.video_ends v where v.user_id = ${userId}::uuid`;
  return Prisma.sql`
    with range as materialized (${rangeRow(query)}),
    buckets as materialized (${buckets}),
    bounds as materialized (
      select b.n, b.at, ${quarterOf(Prisma.sql`b.at`)} as quarter
      from (select n, starts_at as at from buckets union all select max(n) + 1, max(ends_at) from buckets) b
      where b.n is not null
    ),
    steps as materialized (select array_agg(b.at order by b.n) as at, max(b.at) as last_at from bounds b),
    live as (
      select l.kind, ${key('l')} as key, width_bucket(l.at, (select at from steps)) as n, ${sumsOfRows} as sums
      from (${live}) l
      where l.at < (select last_at from steps) and ${wanted}
      group by 1, 2, 3
    )
    ${userId === undefined ? Prisma.sql`, ${rolled(query, key('s'))}, ${edges(key('l'), wanted)}` : Prisma.empty}
    select r.from_at, r.to_at,
      (
        select coalesce(json_agg(json_build_object('label', b.label, 'starts_at', b.starts_at, 'ends_at', b.ends_at,
          'is_clipped', b.is_clipped, 'is_unfinished', b.ends_at > now()) order by b.n), '[]') from buckets b
      ) as buckets,
      (select coalesce(json_agg(json_build_array(l.kind, l.key, l.n, l.sums)), '[]') from live l) as live,
      ${
        userId === undefined
          ? Prisma.sql`(select coalesce(json_agg(json_build_array(x.kind, x.key, x.sums)), '[]') from rolled x) as rolled,
              (select coalesce(json_agg(json_build_array(e.kind, e.key, e.n, e.sums)), '[]') from edges e) as edges`
          : Prisma.sql`'[]'::json as rolled, '[]'::json as edges`
      }
    from range r`;
}

function rolled({ filter = {}, breakdown, balances }: RunningTotalsQuery, key: Prisma.Sql): Prisma.Sql {
  const array = (column: string) => Prisma.sql`array_agg(coalesce(${Prisma.raw(`t.${column}`)}, 0) order by b.n)`;
  const ledgerArrays = Prisma.sql`${array('credits_out')}, ${array('credits_in')}, ${array('entries_out')}, ${array('entries_in')}`;
  return Prisma.sql`rolled as (
    select s.kind, ${key} as key, case
      when s.kind = 'usage' then json_build_array(${ledgerArrays}, ${array('videos_completed')}, ${array('videos_failed')},
        ${array('credits_failed')})
      else json_build_array(${ledgerArrays}) end as sums
    from usage.series s
    cross join bounds b
    left join lateral (
      select t.* from usage.totals t where t.series_id = s.id and t.quarter < b.quarter order by t.quarter desc limit 1
    ) t on true
    where (select usage.live_from()) > '0' and (
      s.kind = 'usage' and s.dimensions = ${dimensionMask(filter, breakdown)}::integer ${filterCondition(filter, 's')}
      ${balances ? Prisma.sql`or s.kind in ('adjustment', 'opening')` : Prisma.empty}
    )
    group by s.id
  )`;
}

function edges(key: Prisma.Sql, wanted: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`edges as (
    select l.kind, ${key} as key, l.n, ${sumsOfRows} as sums
    from (
      select b.n, ${ledgerRow(Prisma.sql`t.created_at`)}
      from bounds b join public.credit_transactions t on t.created_at >= b.quarter and t.created_at < b.at
      where b.at > b.quarter and t.xid < (select usage.live_from())
      union all
      select b.n, ${videoEnd(Prisma.sql`v.ended_at`)}
      from bounds b join usage.video_ends v on v.ended_at >= b.quarter and v.ended_at < b.at
      where b.at > b.quarter and v.xid < (select usage.live_from())
    ) l
    where ${wanted}
    group by 1, 2, 3
  )`;
}
