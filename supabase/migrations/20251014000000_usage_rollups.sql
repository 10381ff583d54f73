-- Reports stay exact and equally fast however long the history: running totals per quarter of
-- an hour, kept from the ledger behind a watermark, and live rows for all that lies beyond it.

-- A constant for old rows, so that nothing is rewritten: they came before everything.
alter table public.credit_transactions add column xid xid8 not null default '0';
alter table public.credit_transactions alter column xid set default pg_catalog.pg_current_xact_id();
create index credit_transactions_by_xid on public.credit_transactions (xid);
comment on column public.credit_transactions.xid is
  'The transaction that posted the row, 0 before this column: what the rollups have taken is told by it, never by time.';


create index profiles_by_time on public.profiles (created_at desc, id desc);

create schema usage;
comment on schema usage is 'Running totals for the reports, and what keeps them. Not exposed by the Data API.';
revoke all on schema usage from public, anon, authenticated;
alter default privileges in schema usage revoke execute on functions from public;
grant usage on schema usage to authenticated, service_role, reeldesk_admin, reeldesk_analyst;

create table usage.watermark (
  is_only boolean primary key default true,
  xid xid8 not null,
  system_identifier bigint not null,
  xid_offset bigint not null default 0,
  rolled_at timestamptz,
  constraint watermark_is_one_row check (is_only)
);
alter table usage.watermark enable row level security;
revoke all on usage.watermark from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst;
create policy watermark_admin_reads on usage.watermark for select to reeldesk_admin using (true);
create policy watermark_analyst_reads on usage.watermark for select to reeldesk_analyst using (true);
grant select on usage.watermark to service_role, reeldesk_admin, reeldesk_analyst;
comment on table usage.watermark is
  'One row: ledger rows of transactions before xid are in usage.totals, all others are not.';
comment on column usage.watermark.system_identifier is
  'The cluster whose transactions xid counts; in another one, after a restored dump, the totals count for nothing until rebuilt.';
comment on column usage.watermark.xid_offset is
  'Added to this cluster''s transaction numbers, so that they follow those of the cluster that a dump came from.';

create table usage.series (
  id integer generated always as identity primary key,
  kind text not null,
  dimensions integer not null,
  video_type text,
  resolution text,
  quality text,
  reason text,
  constraint series_kind_known check (
    kind in ('usage', 'adjustment', 'opening', 'refund_reason', 'adjustment_reason', 'refund_wait')),
  -- Two dimensions at once are the sum of a few series that tell all three apart.
  constraint series_dimensions_known check (dimensions in (0, 1, 2, 4, 7)),
  constraint series_key unique nulls not distinct (kind, dimensions, video_type, resolution, quality, reason)
);
alter table usage.series enable row level security;
revoke all on usage.series from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst;
create policy series_admin_reads on usage.series for select to reeldesk_admin using (true);
create policy series_analyst_reads on usage.series for select to reeldesk_analyst using (true);
grant select on usage.series to service_role, reeldesk_admin, reeldesk_analyst;
comment on table usage.series is 'What is totalled: a kind of entry, for all videos or those of one value of some of the three dimensions.';
comment on column usage.series.kind is
  'usage: charges out, refunds in, and how videos ended. adjustment, opening: all of them. …_reason: by reason. refund_wait: by how long after the charge.';
comment on column usage.series.dimensions is 'Which are told apart: none, one (4 video_type, 2 resolution, 1 quality), or all three (7). NULL in one of those is a value: not known.';
comment on column usage.series.reason is 'At most 500 characters; of refund_wait the step of usage.wait_step.';

create table usage.totals (
  quarter timestamptz not null,
  credits_out bigint not null,
  credits_in bigint not null,
  entries_out bigint not null,
  entries_in bigint not null,
  videos_completed bigint not null,
  videos_failed bigint not null,
  credits_failed bigint not null,
  series_id integer not null,
  primary key (series_id, quarter)
);
alter table usage.totals enable row level security;
revoke all on usage.totals from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst;
create policy totals_admin_reads on usage.totals for select to reeldesk_admin using (true);
create policy totals_analyst_reads on usage.totals for select to reeldesk_analyst using (true);
grant select on usage.totals to service_role, reeldesk_admin, reeldesk_analyst;
comment on table usage.totals is
  'Sums from the beginning of time to the end of a quarter of an hour (UTC), for quarters with entries: any range is the difference of two rows. No foreign key to series: millions of rows are rebuilt at once, by one function.';
comment on column usage.totals.credits_failed is 'What the failed videos had been charged; their refunds are in credits_in.';
comment on column usage.totals.quarter is 'Where the quarter of an hour begins.';

create function usage.system_identifier() returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$ select c.system_identifier from pg_catalog.pg_control_system() c $$;
revoke all on function usage.system_identifier() from public, anon, authenticated;
grant execute on function usage.system_identifier() to service_role, reeldesk_admin, reeldesk_analyst;
comment on function usage.system_identifier() is 'Which cluster this is: the same on a standby, another after a dump was restored.';

insert into usage.watermark (xid, system_identifier) values ('0', usage.system_identifier());

-- A video's charge tells when it began; how it ended is told here, since purged videos leave nothing else.
create table usage.video_ends (
  id bigint generated always as identity primary key,
  video_id uuid not null,
  user_id uuid not null,
  ended_at timestamptz not null,
  status text not null,
  video_type text not null,
  resolution text,
  quality text,
  credits integer not null,
  xid xid8 not null default pg_catalog.pg_current_xact_id(),
  constraint video_ends_status_known check (status in ('completed', 'failed'))
);
create index video_ends_by_xid on usage.video_ends (xid);
create index video_ends_by_time on usage.video_ends (ended_at);
create index video_ends_by_account on usage.video_ends (user_id, ended_at);
alter table usage.video_ends enable row level security;
revoke all on usage.video_ends from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst;
create policy video_ends_owner_reads on usage.video_ends for select to authenticated using (user_id = (select auth.uid()));
create policy video_ends_admin_reads on usage.video_ends for select to reeldesk_admin using (true);
create policy video_ends_analyst_reads on usage.video_ends for select to reeldesk_analyst using (true);
grant select on usage.video_ends to authenticated, service_role, reeldesk_admin, reeldesk_analyst;
comment on table usage.video_ends is
  'One row per video that completed or failed, written by trigger. No foreign key: a purged video stays counted.';
comment on column usage.video_ends.credits is 'What the video had been charged.';

insert into usage.video_ends (video_id, user_id, ended_at, status, video_type, resolution, quality, credits, xid)
select v.id, v.user_id, coalesce(v.finished_at, v.updated_at), v.status, v.video_type, v.resolution, v.quality, v.credits_used, '0'
from public.videos v where v.status in ('completed', 'failed');

create function usage.record_video_end() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into usage.video_ends (video_id, user_id, ended_at, status, video_type, resolution, quality, credits)
  values (new.id, new.user_id, coalesce(new.finished_at, new.updated_at), new.status, new.video_type, new.resolution, new.quality, new.credits_used);
  return null;
end
$$;
revoke all on function usage.record_video_end() from public, anon, authenticated;
comment on function usage.record_video_end() is 'Trigger on videos: remembers when a video completed or failed.';
create trigger videos_inserted_ended after insert on public.videos
  for each row when (new.status in ('completed', 'failed')) execute function usage.record_video_end();
create trigger videos_ended after update of status on public.videos
  for each row when (old.status is distinct from new.status and new.status in ('completed', 'failed'))
  execute function usage.record_video_end();
alter table public.videos enable always trigger videos_inserted_ended;
alter table public.videos enable always trigger videos_ended;

create function usage.wait_step(p_wait interval) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select to_char(floor(16 * ln(1 + greatest(0, extract(epoch from p_wait)::double precision)) / ln(2::double precision)), 'FM0000')
$$;
revoke all on function usage.wait_step(interval) from public, anon, authenticated;
grant execute on function usage.wait_step(interval) to service_role, reeldesk_admin, reeldesk_analyst;
comment on function usage.wait_step(interval) is
  'Which of the steps n a wait falls into: from 2^(n/16) - 1 seconds up to the next one, so that a median read off them is at most 4.5 % off.';

-- Two of these are equal when the same values are NULL in both.
create type usage.series_name as (
  kind text, dimensions integer, video_type text, resolution text, quality text, reason text
);
comment on type usage.series_name is 'What makes a series; as a whole it can be joined by hash, its NULLs included.';

create function usage.deltas(p_from xid8, p_to xid8) returns table (
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
      select 'refund_wait', 0, null, null, null, w.step, w.quarter, 0, sum(w.amount)::bigint, 0, count(*), 0, 0, 0
      from (
        select date_bin(interval '15 minutes', t.created_at, timestamptz '1970-01-01 00:00:00+00') as quarter, t.amount,
          usage.wait_step(t.created_at - (
            select min(c.created_at) from public.credit_transactions c where c.video_id = t.video_id and c.type = 'charge'
          )) as step
        from public.credit_transactions t
        where t.xid >= p_from and t.xid < p_to and t.type = 'refund'
      ) w
      where w.step is not null
      group by w.step, w.quarter
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
revoke all on function usage.deltas(xid8, xid8) from public, anon, authenticated;
comment on function usage.deltas(xid8, xid8) is
  'What the entries of the transactions from p_from up to p_to add to each series, summed up quarter by quarter; new series get their row.';

-- Rows only ever come in at the end of time, but for those of slow transactions and
-- back-dated ones: they raise the few totals after them.
create function usage.fold_in(p_from xid8, p_to xid8) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  with running as materialized (
    select * from usage.deltas(p_from, p_to)
  ), raised as (
    update usage.totals t
    set credits_out = t.credits_out + r.credits_out, credits_in = t.credits_in + r.credits_in,
      entries_out = t.entries_out + r.entries_out, entries_in = t.entries_in + r.entries_in,
      videos_completed = t.videos_completed + r.videos_completed, videos_failed = t.videos_failed + r.videos_failed,
      credits_failed = t.credits_failed + r.credits_failed
    from running r
    where t.series_id = r.series_id and t.quarter >= r.quarter
      and t.quarter < coalesce(r.next_quarter, 'infinity')
  )
  insert into usage.totals (
    series_id, quarter, credits_out, credits_in, entries_out, entries_in, videos_completed, videos_failed, credits_failed
  )
  select r.series_id, r.quarter, coalesce(p.credits_out, 0) + r.credits_out, coalesce(p.credits_in, 0) + r.credits_in,
    coalesce(p.entries_out, 0) + r.entries_out, coalesce(p.entries_in, 0) + r.entries_in,
    coalesce(p.videos_completed, 0) + r.videos_completed, coalesce(p.videos_failed, 0) + r.videos_failed,
    coalesce(p.credits_failed, 0) + r.credits_failed
  from running r
  left join lateral (
    select * from usage.totals t
    where t.series_id = r.series_id and t.quarter <= r.quarter
    order by t.quarter desc limit 1
  ) p on true
  where p.quarter is distinct from r.quarter;
end
$$;
revoke all on function usage.fold_in(xid8, xid8) from public, anon, authenticated;
comment on function usage.fold_in(xid8, xid8) is
  'Adds the entries of the transactions from p_from up to p_to to the totals. The caller holds the rollups'' lock, and all those transactions are over.';

create function usage.next_xid(p_xid xid8, p_offset bigint default 1) returns xid8
language sql immutable set search_path = pg_catalog, pg_temp
as $$ select (p_xid::text::bigint + p_offset)::text::xid8 $$;
revoke all on function usage.next_xid(xid8, bigint) from public, anon, authenticated;
comment on function usage.next_xid(xid8, bigint) is 'A transaction number so many further on.';

-- "usage" and "rollup" as numbers.
create function usage.lock_key() returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$ select 8461816581271429 $$;
revoke all on function usage.lock_key() from public, anon, authenticated;
comment on function usage.lock_key() is 'Of the advisory lock under which one session rolls up.';

create function usage.xid_default(p_offset bigint) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select case when p_offset = 0 then 'pg_catalog.pg_current_xact_id()'
    else format('(pg_catalog.pg_current_xact_id()::text::bigint + %s)::text::xid8', p_offset) end
$$;
revoke all on function usage.xid_default(bigint) from public, anon, authenticated;
comment on function usage.xid_default(bigint) is 'The default of the xid columns, as an expression.';

create function usage.rebuild_under_lock() returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp set work_mem = '128MB'
as $$
declare
  v_state usage.watermark;
  v_here bigint := usage.system_identifier();
  v_newest bigint;
  v_next bigint;
begin
  select * into v_state from usage.watermark for update;
  if v_state.system_identifier <> v_here then
    -- The rows bear numbers of another cluster. From here on numbers follow the highest of them;
    -- until that is settled nobody writes, so that no row is on both sides.
    lock table public.credit_transactions, usage.video_ends in share row exclusive mode;
    select greatest(
      (select t.xid from public.credit_transactions t order by t.xid desc limit 1)::text::bigint,
      (select v.xid from usage.video_ends v order by v.xid desc limit 1)::text::bigint, 0
    ) into v_newest;
    v_state.xid_offset := greatest(0, v_newest + 1 - pg_snapshot_xmin(pg_current_snapshot())::text::bigint);
    execute 'alter table public.credit_transactions alter column xid set default ' || usage.xid_default(v_state.xid_offset);
    execute 'alter table usage.video_ends alter column xid set default ' || usage.xid_default(v_state.xid_offset);
    v_next := v_newest + 1;
  else
    v_next := pg_snapshot_xmin(pg_current_snapshot())::text::bigint + v_state.xid_offset;
  end if;
  delete from usage.totals;
  insert into usage.totals (
    series_id, quarter, credits_out, credits_in, entries_out, entries_in, videos_completed, videos_failed, credits_failed
  )
  select d.series_id, d.quarter, d.credits_out, d.credits_in, d.entries_out, d.entries_in,
    d.videos_completed, d.videos_failed, d.credits_failed
  from usage.deltas('0', v_next::text::xid8) d;
  update usage.watermark
  set xid = v_next::text::xid8, system_identifier = v_here, xid_offset = v_state.xid_offset, rolled_at = clock_timestamp();
end
$$;
revoke all on function usage.rebuild_under_lock() from public, anon, authenticated;
comment on function usage.rebuild_under_lock() is 'Makes all totals anew from the ledger; readers see the old ones until it commits.';

create function usage.roll_up(p_limit integer default 20000) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_from xid8;
  v_to xid8;
  v_here boolean;
  v_rows integer;
  v_last xid8;
  v_has_more boolean := false;
begin
  perform private.check_is_backend();
  if p_limit is null or p_limit not between 1 and 1000000 then
    perform private.invalid_input('p_limit', 'must be between 1 and 1000000');
  end if;
  if not pg_try_advisory_xact_lock(usage.lock_key()) then
    return jsonb_build_object('is_leader', false, 'rows', 0, 'has_more', false);
  end if;

  select w.xid, w.system_identifier = usage.system_identifier(),
    usage.next_xid(pg_snapshot_xmin(pg_current_snapshot()), w.xid_offset)
  into v_from, v_here, v_to
  from usage.watermark w for update;
  if not v_here or v_from = '0' then
    perform usage.rebuild_under_lock();
    return jsonb_build_object('is_leader', true, 'rows', null, 'has_more', false);
  end if;

  -- Transactions that are over, all of them: what is still in flight has v_to or a later number.
  select count(*), max(r.xid) into v_rows, v_last
  from (
    select t.xid from public.credit_transactions t where t.xid >= v_from and t.xid < v_to
    order by t.xid limit p_limit + 1
  ) r;
  if v_rows > p_limit then
    v_has_more := true;
    v_to := case when v_last > v_from then v_last else usage.next_xid(v_last) end;
  elsif v_rows = 0 and not exists (select from usage.video_ends v where v.xid >= v_from and v.xid < v_to) then
    return jsonb_build_object('is_leader', true, 'rows', 0, 'has_more', false);
  end if;
  perform usage.fold_in(v_from, v_to);
  update usage.watermark set xid = v_to, rolled_at = clock_timestamp();
  return jsonb_build_object('is_leader', true, 'rows', least(v_rows, p_limit), 'has_more', v_has_more);
end
$$;
comment on function usage.roll_up(integer) is
  'Takes the next ledger rows into the totals, at most about p_limit of them, in a transaction of its own; call it every few seconds. For the back end; of several callers at once one does it.';

create function usage.digest() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select count(*) || ' ' || coalesce(md5(string_agg(d.line, E'\n' order by d.line)), '-')
  from (
    select jsonb_build_array(s.kind, s.dimensions, s.video_type, s.resolution, s.quality, s.reason, count(*),
      sum(hashtextextended(concat_ws(' ', extract(epoch from t.quarter), t.credits_out, t.credits_in, t.entries_out, t.entries_in,
        t.videos_completed, t.videos_failed, t.credits_failed), 0))
    )::text collate "C" as line
    from usage.totals t join usage.series s on s.id = t.series_id
    group by s.id
  ) d
$$;
revoke all on function usage.digest() from public, anon, authenticated;
comment on function usage.digest() is 'A fingerprint of all totals, the same for the same totals however they came about.';

create function usage.rebuild() returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_before text;
  v_after text;
begin
  perform private.check_is_backend();
  perform pg_advisory_xact_lock(usage.lock_key());
  if (select w.system_identifier = usage.system_identifier() and w.xid > '0' from usage.watermark w) then
    -- Up to the same moment, so that what is rebuilt can be compared with what was.
    perform usage.fold_in(w.xid, usage.next_xid(pg_snapshot_xmin(pg_current_snapshot()), w.xid_offset)) from usage.watermark w;
    v_before := usage.digest();
  end if;
  perform usage.rebuild_under_lock();
  v_after := usage.digest();
  return jsonb_build_object('digest', v_after, 'is_same', v_before = v_after);
end
$$;
comment on function usage.rebuild() is
  'Makes the totals anew from the ledger and says whether they are what they were (NULL when there were none of this cluster). For the back end.';

create function usage.lag() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_from xid8;
begin
  perform private.check_is_backend();
  v_from := usage.live_from();
  return (
    select jsonb_build_object('rows', count(*), 'seconds',
      coalesce(greatest(0, extract(epoch from clock_timestamp() - min(r.created_at))), 0)::double precision)
    from (select t.created_at from public.credit_transactions t where t.xid >= v_from order by t.xid limit 100000) r
  );
end
$$;
comment on function usage.lag() is
  'How far the totals are behind: ledger rows not in them (counted up to 100000) and the age of the oldest in seconds. Reports include them all the same. For the back end.';

create function usage.live_from() returns xid8
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select case when w.system_identifier = usage.system_identifier() then w.xid else '0'::xid8 end from usage.watermark w
$$;
comment on function usage.live_from() is 'From which transaction on rows are not in the totals: 0, so all, when the totals are of another cluster.';

-- The plan is made for the very number: by its statistics a few rows come by index, and a
-- ledger that has never been rolled up in one go.
create function usage.live_entries() returns table (
  created_at timestamptz, type text, video_type text, resolution text, quality text, reason text, amount integer,
  user_id uuid, video_id uuid
)
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan rows 100
as $$
declare
  v_from xid8 := usage.live_from();
begin
  return query
    select t.created_at, t.type, t.video_type, t.resolution, t.quality, t.reason, t.amount, t.user_id, t.video_id
    from public.credit_transactions t where t.xid >= v_from;
end
$$;
comment on function usage.live_entries() is 'The ledger rows that are not in the totals, of the same snapshot as these.';

create function usage.live_video_ends() returns table (
  ended_at timestamptz, status text, video_type text, resolution text, quality text, credits integer
)
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan rows 100
as $$
declare
  v_from xid8 := usage.live_from();
begin
  return query
    select v.ended_at, v.status, v.video_type, v.resolution, v.quality, v.credits
    from usage.video_ends v where v.xid >= v_from;
end
$$;
comment on function usage.live_video_ends() is 'The ends of videos that are not in the totals.';

create function usage.local_starts(p_locals timestamp[], p_time_zone text) returns table (n integer, starts_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select l.n::integer, case
    when p.reading = l.local then
      case when p.shift < interval '0' and (p.at + p.shift) at time zone p_time_zone = l.local then p.at + p.shift else p.at end
    when (p.at - interval '1 microsecond') at time zone p_time_zone < l.local then p.at
    else (
      select min(m) from generate_series(p.at - interval '26 hours', p.at, interval '1 minute') m
      where m at time zone p_time_zone >= l.local
    )
  end
  from unnest(p_locals) with ordinality l (local, n)
  cross join lateral (
    -- Where clocks went back, PostgreSQL takes the later of two same readings; the shift leads to the first.
    select r.at, r.reading, r.reading - ((r.at - interval '3 hours') at time zone p_time_zone) - interval '3 hours' as shift
    from (
      select g.at, g.at at time zone p_time_zone as reading from (select l.local at time zone p_time_zone as at offset 0) g offset 0
    ) r
    offset 0
  ) p
$$;
comment on function usage.local_starts(timestamp[], text) is
  'The first moment at which the clocks of a zone have reached each reading: of a reading that comes twice the first, of one that is skipped the moment of the jump.';

create function usage.buckets(
  p_unit text, p_from timestamptz, p_to timestamptz, p_time_zone text, p_week_starts_on integer
) returns table (n integer, label text, starts_at timestamptz, ends_at timestamptz, is_clipped boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' rows 100
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
  return query
    with spans as (
      select v_labels[s.n] as label, s.starts_at, lead(s.starts_at) over (order by s.n) as ends_at
      from usage.local_starts(v_labels, p_time_zone) s
    ), parts as (
      select s.label, s.starts_at, s.ends_at from spans s where p_unit <> 'hour' and s.ends_at > s.starts_at
      union all
      -- Hours of a day on which clocks do not change, and the pieces of one on which they do.
      select h at time zone p_time_zone, h, h + interval '1 hour'
      from spans s cross join lateral generate_series(s.starts_at, s.ends_at - interval '1 hour', interval '1 hour') h
      where p_unit = 'hour' and s.starts_at at time zone p_time_zone + interval '1 day' = s.ends_at at time zone p_time_zone
        and s.ends_at - s.starts_at = interval '24 hours'
      union all
      select m at time zone p_time_zone, m, coalesce(lead(m) over (partition by s.starts_at order by m), s.ends_at)
      from spans s cross join lateral generate_series(s.starts_at, s.ends_at - interval '1 minute', interval '1 minute') m
      where p_unit = 'hour'
        and not (s.starts_at at time zone p_time_zone + interval '1 day' = s.ends_at at time zone p_time_zone
          and s.ends_at - s.starts_at = interval '24 hours')
        and (
          m = s.starts_at
          or date_trunc('hour', m at time zone p_time_zone) <> date_trunc('hour', (m - interval '1 minute') at time zone p_time_zone)
          or (m at time zone p_time_zone) - ((m - interval '1 minute') at time zone p_time_zone) <> interval '1 minute'
        )
    )
    select (row_number() over (order by p.starts_at))::integer,
      case p_unit when 'hour' then to_char(p.label, 'YYYY-MM-DD"T"HH24:MI') when 'month' then to_char(p.label, 'YYYY-MM')
        else to_char(p.label, 'YYYY-MM-DD') end,
      greatest(p.starts_at, p_from), least(p.ends_at, p_to), p.starts_at < p_from or p.ends_at > p_to
    from parts p
    where p.ends_at > p_from and p.starts_at < p_to
    order by p.starts_at;
end
$$;
comment on function usage.buckets(text, timestamptz, timestamptz, text, integer) is
  'The hours, days, weeks or months of a zone that a range touches, cut to the range, without a gap between them. p_week_starts_on: 1 Monday to 7 Sunday. An hour in which clocks change is two.';

revoke all on function
  usage.roll_up(integer), usage.rebuild(), usage.lag(), usage.live_from(), usage.live_entries(), usage.live_video_ends(),
  usage.local_starts(timestamp[], text), usage.buckets(text, timestamptz, timestamptz, text, integer)
  from public, anon, authenticated, service_role;
grant execute on function usage.roll_up(integer), usage.rebuild(), usage.lag() to service_role;
grant execute on function usage.live_from(), usage.live_entries(), usage.live_video_ends()
  to service_role, reeldesk_admin, reeldesk_analyst;
grant execute on function
  usage.local_starts(timestamp[], text), usage.buckets(text, timestamptz, timestamptz, text, integer)
  to authenticated, service_role, reeldesk_admin, reeldesk_analyst;

create function reeldesk.roll_up_usage(p_caller text, p_caller_id uuid, p_request_id text, p_limit integer) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return usage.roll_up(p_limit => p_limit);
end
$$;
create function reeldesk.rebuild_usage(p_caller text, p_caller_id uuid, p_request_id text) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return usage.rebuild();
end
$$;
create function reeldesk.usage_lag(p_caller text, p_caller_id uuid, p_request_id text) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return usage.lag();
end
$$;
revoke all on function
  reeldesk.roll_up_usage(text, uuid, text, integer), reeldesk.rebuild_usage(text, uuid, text), reeldesk.usage_lag(text, uuid, text)
  from public, anon, authenticated, service_role;
grant execute on function
  reeldesk.roll_up_usage(text, uuid, text, integer), reeldesk.rebuild_usage(text, uuid, text), reeldesk.usage_lag(text, uuid, text)
  to reeldesk_api;
comment on function reeldesk.roll_up_usage(text, uuid, text, integer) is 'Entrance of the API to usage.roll_up.';
comment on function reeldesk.rebuild_usage(text, uuid, text) is 'Entrance of the API to usage.rebuild.';
comment on function reeldesk.usage_lag(text, uuid, text) is 'Entrance of the API to usage.lag.';
