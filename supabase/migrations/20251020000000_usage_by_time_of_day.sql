-- Charts read their boundaries in a few runs along an index, whatever the length of the history, instead of
-- looking each of them up; and a period is cut as the one after it, for a comparison bucket by bucket.

-- Boundaries of days lie at the same time of day but for clock changes: in this order a chart's rows lie side by
-- side, sums included, so that the table itself is not visited.
create index totals_by_time_of_day on usage.totals (series_id, ((quarter at time zone 'UTC')::time), quarter)
  include (credits_out, credits_in, entries_out, entries_in, videos_completed, videos_failed, credits_failed);

-- Only pages that a vacuum has seen are read from the index alone.
alter table usage.totals set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05);

create or replace function usage.local_starts(p_locals timestamp[], p_time_zone text) returns table (n integer, starts_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select l.n::integer, case
    -- A day after the reading before it and a day before the next one, by the calendar and by time: no clock was changed.
    when l.local - l.local_before = interval '1 day' and l.at - l.at_before = interval '1 day'
      and l.local_after - l.local = interval '1 day' and l.at_after - l.at = interval '1 day'
    then l.at
    else (
      select case
        when p.reading = l.local then
          case when p.shift < interval '0' and (l.at + p.shift) at time zone p_time_zone = l.local then l.at + p.shift else l.at end
        when (l.at - interval '1 microsecond') at time zone p_time_zone < l.local then l.at
        else (
          select min(m) from generate_series(l.at - interval '26 hours', l.at, interval '1 minute') m
          where m at time zone p_time_zone >= l.local
        )
      end
      from (
        -- Where clocks went back, PostgreSQL takes the later of two same readings; the shift leads to the first.
        select r.reading, r.reading - ((l.at - interval '3 hours') at time zone p_time_zone) - interval '3 hours' as shift
        from (select l.at at time zone p_time_zone as reading offset 0) r
        offset 0
      ) p
    )
  end
  from (
    select u.local, u.n, u.at, lag(u.local) over w as local_before, lag(u.at) over w as at_before,
      lead(u.local) over w as local_after, lead(u.at) over w as at_after
    from (
      select a.local, a.n, a.local at time zone p_time_zone as at from unnest(p_locals) with ordinality a (local, n) offset 0
    ) u
    window w as (order by u.n)
  ) l
$$;

create function usage.bucket_spans(
  p_unit text, p_from timestamptz, p_to timestamptz, p_time_zone text, p_week_starts_on integer
) returns table (label timestamp, starts_at timestamptz, ends_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' rows 1000
as $$
#variable_conflict use_column
declare
  v_step interval := case p_unit when 'month' then interval '1 month' when 'week' then interval '7 days' else interval '1 day' end;
  v_day timestamp := date_trunc('day', p_from at time zone p_time_zone);
  v_first timestamp := case p_unit
    when 'month' then date_trunc('month', v_day)
    when 'week' then v_day - make_interval(days => (extract(isodow from v_day)::integer - p_week_starts_on + 7) % 7)
    else v_day
  end;
  v_labels timestamp[] := array(
    select g from generate_series(v_first - v_step, (p_to at time zone p_time_zone) + v_step + v_step, v_step) g
  );
begin
  if p_unit <> 'hour' then
    return query
      select s.label, s.starts_at, s.ends_at
      from (
        select v_labels[l.n] as label, l.starts_at, lead(l.starts_at) over (order by l.n) as ends_at
        from usage.local_starts(v_labels, p_time_zone) l
      ) s
      where s.ends_at > s.starts_at and s.ends_at > p_from and s.starts_at < p_to
      order by s.starts_at;
    return;
  end if;
  return query
    with spans as materialized (
      select s.label, s.starts_at, s.ends_at, s.starts_at at time zone p_time_zone = s.label
        and s.ends_at at time zone p_time_zone = s.label + interval '1 day' and s.ends_at - s.starts_at = interval '24 hours' as is_plain
      from (
        select v_labels[l.n] as label, l.starts_at, lead(l.starts_at) over (order by l.n) as ends_at
        from usage.local_starts(v_labels, p_time_zone) l
      ) s
      where s.ends_at > s.starts_at
    ), parts as (
      -- Hours of a day on which clocks do not change, and the pieces of one on which they do.
      select s.label + h.after as label, s.starts_at + h.after as starts_at, s.starts_at + h.after + interval '1 hour' as ends_at
      from spans s cross join (select make_interval(hours => g) as after from generate_series(0, 23) g offset 0) h
      where s.is_plain
      union all
      select m at time zone p_time_zone, m, coalesce(lead(m) over (partition by s.starts_at order by m), s.ends_at)
      from spans s cross join lateral generate_series(s.starts_at, s.ends_at - interval '1 minute', interval '1 minute') m
      where not s.is_plain and (
        m = s.starts_at
        or date_trunc('hour', m at time zone p_time_zone) <> date_trunc('hour', (m - interval '1 minute') at time zone p_time_zone)
        or (m at time zone p_time_zone) - ((m - interval '1 minute') at time zone p_time_zone) <> interval '1 minute'
      )
    )
    select p.label, p.starts_at, p.ends_at from parts p
    where p.ends_at > p_from and p.starts_at < p_to
    order by p.starts_at;
end
$$;
comment on function usage.bucket_spans(text, timestamptz, timestamptz, text, integer) is
  'The hours, days, weeks or months of a zone that a range touches, whole, without a gap between them, in order; label is what clocks read at the start.';

create or replace function usage.buckets(
  p_unit text, p_from timestamptz, p_to timestamptz, p_time_zone text, p_week_starts_on integer
) returns table (n integer, label text, starts_at timestamptz, ends_at timestamptz, is_clipped boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' rows 100
as $$
#variable_conflict use_column
begin
  return query
    select (row_number() over (order by s.starts_at))::integer,
      case p_unit when 'hour' then to_char(s.label, 'YYYY-MM-DD"T"HH24:MI') when 'month' then to_char(s.label, 'YYYY-MM')
        else to_char(s.label, 'YYYY-MM-DD') end,
      greatest(s.starts_at, p_from), least(s.ends_at, p_to), s.starts_at < p_from or s.ends_at > p_to
    from usage.bucket_spans(p_unit, p_from, p_to, p_time_zone, p_week_starts_on) s
    order by s.starts_at;
end
$$;

-- One plan for any number of boundaries, made once per session: also one made before there were statistics must take
-- the index, and compare what it found with the boundaries by hash.
create function usage.sums_at(p_series_ids integer[], p_at timestamptz[]) returns table (series_id integer, sums text)
language plpgsql stable rows 10 set search_path = pg_catalog, pg_temp
  set enable_nestloop = off set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  return query
    with bounds as materialized (
      select b.n, date_bin(interval '15 minutes', b.at, timestamptz '1970-01-01 00:00:00+00') - interval '15 minutes' as quarter
      from unnest(p_at) with ordinality b (at, n)
    ), runs as materialized (
      -- Where boundaries lie far apart, finding each one costs less than reading what lies between.
      select (b.quarter at time zone 'UTC')::time as at, min(b.quarter) as first_quarter, max(b.quarter) as last_quarter
      from bounds b group by 1
      having max(b.quarter) - min(b.quarter) <= interval '10 days' * count(*)
    ), found as (
      select t.*
      from unnest(p_series_ids) s (id)
      cross join runs r
      cross join lateral (
        select t.series_id, t.quarter, t.credits_out, t.credits_in, t.entries_out, t.entries_in,
          t.videos_completed, t.videos_failed, t.credits_failed
        from usage.totals t
        where t.series_id = s.id and (t.quarter at time zone 'UTC')::time = r.at
          and t.quarter >= r.first_quarter and t.quarter <= r.last_quarter
        offset 0
      ) t
    )
    select s.id, string_agg(
      case when f.quarter is not null then
        concat_ws(',', f.credits_out, f.credits_in, f.entries_out, f.entries_in, f.videos_completed, f.videos_failed, f.credits_failed)
      else coalesce((
        select concat_ws(',', t.credits_out, t.credits_in, t.entries_out, t.entries_in, t.videos_completed, t.videos_failed, t.credits_failed)
        from usage.totals t where t.series_id = s.id and t.quarter <= b.quarter order by t.quarter desc limit 1
      ), '0,0,0,0,0,0,0') end, ',' order by b.n)
    from unnest(p_series_ids) s (id)
    cross join bounds b
    left join found f on f.series_id = s.id and f.quarter = b.quarter
    group by s.id;
end
$$;
comment on function usage.sums_at(integer[], timestamptz[]) is
  'Per series its seven sums up to the quarter of an hour that each moment is in, one moment after the other, commas between.';

revoke all on function
  usage.bucket_spans(text, timestamptz, timestamptz, text, integer), usage.sums_at(integer[], timestamptz[])
  from public, anon, authenticated, service_role;
grant execute on function usage.bucket_spans(text, timestamptz, timestamptz, text, integer)
  to authenticated, service_role, reeldesk_admin, reeldesk_analyst;
grant execute on function usage.sums_at(integer[], timestamptz[]) to service_role, reeldesk_admin, reeldesk_analyst;

-- How long refunds took is kept by the three dimensions, too, so that a filter by video holds for it.
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
    -- By itself: whether there was a wait would otherwise be asked of charges too.
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
comment on column usage.series.dimensions is
  'Which are told apart: none, one (4 video_type, 2 resolution, 1 quality), or all three (7); of refund_wait none, and all three. NULL in one of those is a value: not known.';

-- The next roll-up makes all anew, with the new series; until then reports read the ledger.
update usage.watermark set xid = '0';
