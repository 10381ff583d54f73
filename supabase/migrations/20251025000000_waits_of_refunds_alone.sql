-- The same totals, for less: PostgreSQL asked each charge too how long its refund had waited, since
-- whether there was an answer came before whether it was a refund. A refund's wait is now worked
-- out by itself, before anything is asked of it.
create or replace function usage.deltas(p_from xid8, p_to xid8) returns table (
  series_id integer, quarter timestamptz, next_quarter timestamptz,
  credits_out bigint, credits_in bigint, entries_out bigint, entries_in bigint,
  videos_completed bigint, videos_failed bigint, credits_failed bigint
)
language plpgsql volatile set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan set enable_nestloop = off rows 50
as $$
#variable_conflict use_column
begin
  return query
    with entries as materialized (
      select date_bin(interval '15 minutes', t.created_at, timestamptz '1970-01-01 00:00:00+00') as quarter,
        case when t.type in ('charge', 'refund') then 'usage' else t.type end as kind,
        t.video_type, t.resolution, t.quality, t.type,
        case when t.type in ('refund', 'adjustment') then left(t.reason, 500) end as reason,
        coalesce(-sum(t.amount) filter (where t.amount < 0), 0)::bigint as credits_out,
        coalesce(sum(t.amount) filter (where t.amount >= 0), 0)::bigint as credits_in,
        count(*) filter (where t.amount < 0) as entries_out,
        count(*) filter (where t.amount >= 0) as entries_in,
        0::bigint as videos_completed, 0::bigint as videos_failed, 0::bigint as credits_failed
      from public.credit_transactions t
      where t.xid >= p_from and t.xid < p_to
      group by 1, 2, 3, 4, 5, 6, 7
      union all
      select date_bin(interval '15 minutes', v.ended_at, timestamptz '1970-01-01 00:00:00+00'), 'usage',
        v.video_type, v.resolution, v.quality, null, null, 0, 0, 0, 0,
        count(*) filter (where v.status = 'completed'), count(*) filter (where v.status = 'failed'),
        coalesce(sum(v.credits) filter (where v.status = 'failed'), 0)::bigint
      from usage.video_ends v
      where v.xid >= p_from and v.xid < p_to
      group by 1, 3, 4, 5
    ), waits as materialized (
      select date_bin(interval '15 minutes', t.created_at, timestamptz '1970-01-01 00:00:00+00') as quarter, t.amount,
        t.video_type, t.resolution, t.quality,
        usage.wait_step(t.created_at - (
          select min(c.created_at) from public.credit_transactions c where c.video_id = t.video_id and c.type = 'charge'
        )) as step
      from public.credit_transactions t
      where t.xid >= p_from and t.xid < p_to and t.type = 'refund'
    ), facts as (
      select e.kind, 7 - grouping(e.video_type, e.resolution, e.quality) as dimensions,
        e.video_type, e.resolution, e.quality, null::text as reason, e.quarter,
        sum(e.credits_out)::bigint as credits_out, sum(e.credits_in)::bigint as credits_in,
        sum(e.entries_out)::bigint as entries_out, sum(e.entries_in)::bigint as entries_in,
        sum(e.videos_completed)::bigint as videos_completed, sum(e.videos_failed)::bigint as videos_failed,
        sum(e.credits_failed)::bigint as credits_failed
      from entries e where e.kind = 'usage'
      group by grouping sets (
        (e.kind, e.quarter), (e.kind, e.quarter, e.video_type), (e.kind, e.quarter, e.resolution), (e.kind, e.quarter, e.quality),
        (e.kind, e.quarter, e.video_type, e.resolution, e.quality)
      )
      union all
      select e.kind, 0, null, null, null, null, e.quarter,
        sum(e.credits_out)::bigint, sum(e.credits_in)::bigint, sum(e.entries_out)::bigint, sum(e.entries_in)::bigint, 0, 0, 0
      from entries e where e.kind in ('adjustment', 'opening')
      group by e.kind, e.quarter
      union all
      select e.type || '_reason', 7, e.video_type, e.resolution, e.quality, e.reason, e.quarter,
        e.credits_out, e.credits_in, e.entries_out, e.entries_in, 0, 0, 0
      from entries e where e.type in ('refund', 'adjustment')
      union all
      select 'refund_wait', 7 - grouping(w.video_type, w.resolution, w.quality), w.video_type, w.resolution, w.quality, w.step, w.quarter,
        0, sum(w.amount)::bigint, 0, count(*), 0, 0, 0
      from waits w
      where w.step is not null
      group by grouping sets ((w.step, w.quarter), (w.step, w.quarter, w.video_type, w.resolution, w.quality))
    ), keyed as materialized (
      select (f.kind, f.dimensions, f.video_type, f.resolution, f.quality, f.reason)::usage.series_name as name, f.quarter,
        f.credits_out, f.credits_in, f.entries_out, f.entries_in, f.videos_completed, f.videos_failed, f.credits_failed
      from facts f
    ), old_series as (
      select (s.kind, s.dimensions, s.video_type, s.resolution, s.quality, s.reason)::usage.series_name as name, s.id
      from usage.series s
    ), new_series as (
      insert into usage.series as s (kind, dimensions, video_type, resolution, quality, reason)
      select (n.name).kind, (n.name).dimensions, (n.name).video_type, (n.name).resolution, (n.name).quality, (n.name).reason
      from (select distinct k.name from keyed k where not exists (select from old_series o where o.name = k.name)) n
      returning (s.kind, s.dimensions, s.video_type, s.resolution, s.quality, s.reason)::usage.series_name as name, s.id
    )
    select s.id, k.quarter, lead(k.quarter) over w,
      (sum(k.credits_out) over w)::bigint, (sum(k.credits_in) over w)::bigint,
      (sum(k.entries_out) over w)::bigint, (sum(k.entries_in) over w)::bigint,
      (sum(k.videos_completed) over w)::bigint, (sum(k.videos_failed) over w)::bigint, (sum(k.credits_failed) over w)::bigint
    from keyed k
    join (select * from old_series union all select * from new_series) s on s.name = k.name
    window w as (partition by s.id order by k.quarter);
end
$$;
