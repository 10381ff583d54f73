import { z } from 'zod';
import { Prisma } from '../generated/client.ts';
import { dimensionMask, filterCondition, keyColumn, rangeRow, type UsageFilter, type UsageRange } from './range.ts';
import { labelOf, momentOf } from './moments.ts';
import type { UsageBucket, UsageDimension, UsageUnit } from './shapes.ts';

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
  /** Also the range before, cut at the same readings of the clock so many days (or the same time) earlier. */
  before?: (UsageRange & { days: number | null }) | undefined;
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
const WIDTH = measures.length;
/** Sums of everything before a moment. */
export type Sums = Record<(typeof measures)[number], number>;

/** `at` has one element more than there are buckets: the sums at the start of each, and at the end of the last. */
export interface RunningSeries {
  kind: z.infer<typeof kind>;
  key: string | null;
  at: Sums[];
}

export interface RunningTotals {
  from: string;
  to: string;
  buckets: UsageBucket[];
  series: RunningSeries[];
  /** Bucket by bucket what the range before has at the same place. */
  before: {
    from: string;
    to: string;
    buckets: Pick<UsageBucket, 'label' | 'startsAt' | 'endsAt'>[];
    series: RunningSeries[];
  } | null;
}

// A chart of three years has thousands of boundaries, of seven sums each: these are one text per series, and moments
// seconds (with their microseconds, if any has some), of which JavaScript makes what PostgreSQL would have written.
const part = z.tuple([kind, z.string().nullable(), z.int(), z.array(z.int())]);
const answer = z.object({
  at: z.array(z.int()),
  micros: z.array(z.int()).nullable(),
  passed: z.int(),
  labels: z.array(z.int()),
  before: z.int(),
  isClipped: z.tuple([z.boolean(), z.boolean()]),
  rolled: z.array(z.tuple([kind, z.string().nullable(), z.string()])),
  edges: z.array(part),
  live: z.array(part),
});

const sumsOfRows = Prisma.sql`json_build_array(
  coalesce(-sum(l.amount) filter (where l.amount < 0), 0), coalesce(sum(l.amount) filter (where l.amount >= 0), 0),
  count(*) filter (where l.amount < 0), count(*) filter (where l.amount >= 0),
  count(*) filter (where l.status = 'completed'), count(*) filter (where l.status = 'failed'),
  coalesce(sum(l.credits) filter (where l.status = 'failed'), 0))`;
const ledgerRow = (at: Prisma.Sql) => Prisma.sql`${at} as at,
  case when t.type in ('charge', 'refund') then 'usage' else t.type end as kind,
  t.video_type, t.resolution, t.quality, t.amount, null::text as status, null::integer as credits`;
const videoEnd = (at: Prisma.Sql) =>
  Prisma.sql`${at}, 'usage', v.video_type, v.resolution, v.quality, null, v.status, v.credits`;

/**
 * The sums at each boundary of a range's buckets. For all accounts they are rollups up to the quarter of an hour
 * before, the ledger from there to a boundary that lies beside the quarters, and the rows that are not in the
 * rollups: all in one statement, so of one snapshot.
 */
export async function readRunningTotals(
  tx: Prisma.TransactionClient,
  query: RunningTotalsQuery,
): Promise<RunningTotals> {
  const rows = await tx.$queryRaw<[{ answer: string }]>(statement(query));
  const found = answer.parse(JSON.parse(rows[0].answer));
  const { at, labels, before } = found;
  const all = sumUp(found, at.length);
  const moments = at.map((seconds, n) => momentOf(seconds, found.micros?.[n]));
  const bucket = (n: number) => ({
    label: labelOf(labels[n]!, query.unit),
    startsAt: moments[n]!,
    endsAt: moments[n + 1]!,
  });
  const buckets = labels.slice(before).map((_, index) => ({
    ...bucket(before + index),
    isClipped: (index === 0 && found.isClipped[0]) || (before + index === labels.length - 1 && found.isClipped[1]),
    isUnfinished: before + index + 1 >= found.passed,
  }));
  return {
    from: moments[before]!,
    to: moments.at(-1)!,
    buckets,
    series: all.map((series) => ({ ...series, at: series.at.slice(before) })),
    before: query.before
      ? {
          from: moments[0]!,
          to: moments[before]!,
          buckets: labels.slice(0, before).map((_, index) => bucket(index)),
          series: all.map((series) => ({ ...series, at: series.at.slice(0, before + 1) })),
        }
      : null,
  };
}

function sumUp({ rolled, edges, live }: z.infer<typeof answer>, length: number): RunningSeries[] {
  const series = new Map<string, { kind: RunningSeries['kind']; key: string | null; sums: Float64Array }>();
  const sumsOf = (of: RunningSeries['kind'], key: string | null): Float64Array => {
    const name = JSON.stringify([of, key]);
    const entry = series.get(name) ?? { kind: of, key, sums: new Float64Array(length * WIDTH) };
    series.set(name, entry);
    return entry.sums;
  };
  // What came at the n-th boundary or after it, and before the next one, is in all those that follow.
  for (const [of, key, n, sums] of live) {
    addAt(sumsOf(of, key), n, sums);
  }
  for (const { sums } of series.values()) {
    for (let n = WIDTH; n < sums.length; n++) {
      sums[n]! += sums[n - WIDTH]!;
    }
  }
  for (const [of, key, text] of rolled) {
    addAt(sumsOf(of, key), 0, JSON.parse(`[${text}]`) as number[]);
  }
  for (const [of, key, n, sums] of edges) {
    addAt(sumsOf(of, key), n - 1, sums);
  }
  return [...series.values()].map(({ kind: of, key, sums }) => {
    if (!sums.every(Number.isSafeInteger)) {
      throw new RangeError('A sum is more than JavaScript counts exactly.');
    }
    return { kind: of, key, at: Array.from({ length }, (_, n) => sumsAt(sums, n * WIDTH)) };
  });
}

function sumsAt(sums: Float64Array, n: number): Sums {
  return {
    creditsOut: sums[n]!,
    creditsIn: sums[n + 1]!,
    entriesOut: sums[n + 2]!,
    entriesIn: sums[n + 3]!,
    videosCompleted: sums[n + 4]!,
    videosFailed: sums[n + 5]!,
    creditsFailed: sums[n + 6]!,
  };
}

function addAt(to: Float64Array, n: number, sums: readonly number[]): void {
  for (let m = 0; m < sums.length; m++) {
    to[n * WIDTH + m]! += sums[m]!;
  }
}

// `date_part` counts in floating point, exact to the microsecond past the year 2200; `extract` is exact and slow.
const epoch = (at: Prisma.Sql) => Prisma.sql`date_part('epoch', ${at})`;
const seconds = (at: Prisma.Sql) => Prisma.sql`floor(${epoch(at)})::bigint`;

function statement(query: RunningTotalsQuery): Prisma.Sql {
  const { unit, timeZone, weekStartsOn = 1, filter = {}, breakdown, balances = false, userId, before } = query;
  const key = (alias: 's' | 'l') =>
    breakdown === undefined
      ? Prisma.sql`null::text`
      : Prisma.sql`case when ${Prisma.raw(alias)}.kind = 'usage' then ${keyColumn(breakdown, alias)} end`;
  const wanted = balances ? Prisma.sql`true` : Prisma.sql`l.kind = 'usage' ${filterCondition(filter, 'l')}`;
  const spans =
    unit === 'total'
      ? Prisma.sql`select r.from_at at time zone ${timeZone} as label, r.from_at as starts_at, r.to_at as ends_at from range r`
      : Prisma.sql`select s.* from range r
          cross join lateral usage.bucket_spans(${unit}, r.from_at, r.to_at, ${timeZone}, ${weekStartsOn}::integer) s`;
  const live =
    userId === undefined
      ? Prisma.sql`select ${ledgerRow(Prisma.sql`t.created_at`)} from usage.live_entries() t
          union all select ${videoEnd(Prisma.sql`v.ended_at`)} from usage.live_video_ends() v`
      : Prisma.sql`select ${ledgerRow(Prisma.sql`t.created_at`)} from public.credit_transactions t where t.user_id = ${userId}::uuid
          union all select ${videoEnd(Prisma.sql`v.ended_at`)} from usage.video_ends v where v.user_id = ${userId}::uuid`;
  return Prisma.sql`
    with range as materialized (${rangeRow(query)}),
    spans as materialized (${spans}),
    own as materialized (
      select array_agg(greatest(s.starts_at, r.from_at) order by s.starts_at) || max(r.to_at) as at,
        array_agg(s.label order by s.starts_at) as labels,
        json_build_array(min(s.starts_at) < max(r.from_at), max(s.ends_at) > max(r.to_at)) as is_clipped
      from spans s cross join range r
    ),
    ${boundaries(query)},
    live as (
      select l.kind, ${key('l')} as key, width_bucket(l.at, (select at from steps)) as n, ${sumsOfRows} as sums
      from (${live}) l
      where l.at < (select to_at from range) and ${wanted}
      group by 1, 2, 3
    )
    ${userId === undefined ? Prisma.sql`, ${rolledSums(query, key('s'))}, ${edgeSums(key('l'), wanted)}` : Prisma.empty}
    select json_build_object(
      'at', (select json_agg(${seconds(Prisma.sql`b.at`)} order by b.n) from unnest(s.at) with ordinality b (at, n)),
      'micros', case when exists (select from unnest(s.at) b (at) where ${epoch(Prisma.sql`b.at`)} <> floor(${epoch(Prisma.sql`b.at`)})) then (
        select json_agg(extract(microseconds from b.at)::integer % 1000000 order by b.n) from unnest(s.at) with ordinality b (at, n)
      ) end,
      'passed', width_bucket(now(), s.at),
      'labels', (select json_agg(${seconds(Prisma.sql`b.label`)} order by b.n) from unnest(s.labels) with ordinality b (label, n)),
      'before', ${before ? Prisma.sql`cardinality(o.labels)` : Prisma.sql`0`},
      'isClipped', o.is_clipped,
      'live', (select coalesce(json_agg(json_build_array(l.kind, l.key, l.n, l.sums)), '[]') from live l),
      ${
        userId === undefined
          ? Prisma.sql`'rolled', (select coalesce(json_agg(json_build_array(x.kind, x.key, x.sums)), '[]') from rolled x),
              'edges', (select coalesce(json_agg(json_build_array(e.kind, e.key, e.n, e.sums)), '[]') from edges e)`
          : Prisma.sql`'rolled', '[]'::json, 'edges', '[]'::json`
      }
    )::text as answer
    from steps s cross join own o`;
}

/** `steps`: all boundaries in order, and what clocks read at those where a bucket begins. */
function boundaries({ before, timeZone }: RunningTotalsQuery): Prisma.Sql {
  if (before === undefined) {
    return Prisma.sql`steps as materialized (select o.at, o.labels from own o)`;
  }
  // The first and the last boundary are those of the range before itself; between them no clock runs backwards.
  const earlier =
    before.days === null
      ? Prisma.sql`select u.n, p.from_at + make_interval(secs => extract(epoch from u.at - r.from_at)::double precision) as at
          from own o cross join lateral unnest(o.at) with ordinality u (at, n) cross join range r cross join period p`
      : Prisma.sql`select l.n, l.starts_at as at
          from own o cross join lateral usage.local_starts(
            array(select u.label - make_interval(days => ${before.days}::integer) from unnest(o.labels) with ordinality u (label, n) order by u.n),
            ${timeZone}
          ) l`;
  const label =
    before.days === null
      ? Prisma.sql`u.at at time zone ${timeZone}`
      : Prisma.sql`greatest((select o.labels[u.n] from own o) - make_interval(days => ${before.days}::integer),
          (select p.from_at at time zone ${timeZone} from period p))`;
  return Prisma.sql`
    period as materialized (${rangeRow(before)}),
    earlier as materialized (
      select array_agg(e.at order by e.n) as at
      from (
        select e.n, case when e.n = 1 then p.from_at
          else least(greatest(p.from_at, max(e.at) over (order by e.n)), p.to_at) end as at
        from (${earlier}) e cross join period p cross join own o
        where e.n <= cardinality(o.labels)
      ) e
    ),
    steps as materialized (
      select e.at || o.at as at,
        array(select ${label} from unnest(e.at) with ordinality u (at, n) order by u.n) || o.labels as labels
      from earlier e cross join own o
    )`;
}

function rolledSums({ filter = {}, breakdown, balances }: RunningTotalsQuery, key: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`wanted_series as materialized (
    select s.id, s.kind, ${key} as key from usage.series s
    where (select usage.live_from()) > '0' and (
      s.kind = 'usage' and s.dimensions = ${dimensionMask(filter, breakdown)}::integer ${filterCondition(filter, 's')}
      ${balances ? Prisma.sql`or s.kind in ('adjustment', 'opening')` : Prisma.empty}
    )
  ), rolled as (
    select w.kind, w.key, a.sums
    from usage.sums_at(array(select w.id from wanted_series w), (select s.at from steps s)) a
    join wanted_series w on w.id = a.series_id
  )`;
}

function edgeSums(key: Prisma.Sql, wanted: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`bounds as materialized (
    select b.n, b.at, b.quarter
    from (
      select b.n, b.at, date_bin(interval '15 minutes', b.at, timestamptz '1970-01-01 00:00:00+00') as quarter
      from steps s cross join lateral unnest(s.at) with ordinality b (at, n)
    ) b
    where b.at > b.quarter
  ), edges as (
    select l.kind, ${key} as key, l.n, ${sumsOfRows} as sums
    from (
      select b.n, e.*
      from bounds b
      cross join lateral (
        -- One boundary after the other by time: however few they are, never by all that is rolled up.
        select ${ledgerRow(Prisma.sql`t.created_at`)} from public.credit_transactions t
        where t.created_at >= b.quarter and t.created_at < b.at and t.xid < (select usage.live_from())
        union all
        select ${videoEnd(Prisma.sql`v.ended_at`)} from usage.video_ends v
        where v.ended_at >= b.quarter and v.ended_at < b.at and v.xid < (select usage.live_from())
        offset 0
      ) e
    ) l
    where ${wanted}
    group by 1, 2, 3
  )`;
}
