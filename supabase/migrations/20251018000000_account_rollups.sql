-- Reports of accounts stay equally fast, too: sums per account and block of days, and how many
-- accounts were charged in each hour, day, week and month of any time zone. Kept by the same
-- roll-up, behind the same watermark, made anew by the same rebuild.

create table usage.account_sums (
  days integer not null,
  starts_at timestamptz not null,
  user_id uuid not null,
  credits_out bigint not null,
  credits_in bigint not null,
  entries_out bigint not null,
  entries_in bigint not null,
  primary key (days, starts_at, user_id),
  constraint account_sums_days_known check (days in (8, 32, 128, 512))
) with (fillfactor = 90);
alter table usage.account_sums enable row level security;
revoke all on usage.account_sums from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst;
create policy account_sums_admin_reads on usage.account_sums for select to reeldesk_admin using (true);
create policy account_sums_analyst_reads on usage.account_sums for select to reeldesk_analyst using (true);
grant select on usage.account_sums to service_role, reeldesk_admin, reeldesk_analyst;
comment on table usage.account_sums is
  'Charges (out) and refunds (in) of an account in a block of so many days since 1970 in UTC. A range is a few large blocks, smaller ones beside them, and the ledger''s rows at its ends. No foreign key, like usage.totals.';

create table usage.active_accounts (
  hours integer not null,
  starts_at timestamptz not null,
  accounts bigint not null,
  primary key (hours, starts_at)
) with (fillfactor = 50);
alter table usage.active_accounts enable row level security;
revoke all on usage.active_accounts from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst;
create policy active_accounts_admin_reads on usage.active_accounts for select to reeldesk_admin using (true);
create policy active_accounts_analyst_reads on usage.active_accounts for select to reeldesk_analyst using (true);
grant select on usage.active_accounts to service_role, reeldesk_admin, reeldesk_analyst;
comment on table usage.active_accounts is
  'How many accounts were charged in the so many hours from a quarter of an hour (UTC) on; no row: none. Which are kept, usage.is_activity_kept says.';

create function usage.is_activity_kept(p_hours integer, p_starts_at timestamptz) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select date_bin(interval '15 minutes', p_starts_at, timestamptz '1970-01-01 00:00:00+00') = p_starts_at and (
    p_hours in (1, 24, 168) or exists (
      select from (select date_trunc('month', (p_starts_at at time zone 'UTC') + interval '14 hours') as month) m
      where (p_starts_at at time zone 'UTC') <= m.month + interval '12 hours'
        and p_hours - 24 * extract(day from m.month + interval '1 month' - interval '1 day')::integer between -1 and 1
        and p_hours not in (671, 673, 695, 697)
    )
  )
$$;
comment on function usage.is_activity_kept(integer, timestamptz) is
  'Whether usage.active_accounts tells of that time: hours, days and weeks of which clocks leave the length alone, and months that begin where some zone begins them, an hour shorter or longer where clocks change.';

create function usage.fold_in_accounts(p_from xid8, p_to xid8) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan
as $$
begin
  insert into usage.account_sums as s (days, starts_at, user_id, credits_out, credits_in, entries_out, entries_in)
  with sums as materialized (
    select date_bin(interval '8 days', t.created_at, timestamptz '1970-01-01 00:00:00+00') as starts_at, t.user_id,
      coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0) as credits_out,
      coalesce(sum(t.amount) filter (where t.type = 'refund'), 0) as credits_in,
      count(*) filter (where t.type = 'charge') as entries_out, count(*) filter (where t.type = 'refund') as entries_in
    from public.credit_transactions t
    where t.xid >= p_from and t.xid < p_to and t.type in ('charge', 'refund')
    group by 1, 2
  )
  select d.days, date_bin(make_interval(days => d.days), b.starts_at, timestamptz '1970-01-01 00:00:00+00'), b.user_id,
    sum(b.credits_out), sum(b.credits_in), sum(b.entries_out), sum(b.entries_in)
  from sums b cross join unnest(array[8, 32, 128, 512]) d (days)
  group by 1, 2, 3
  order by 1, 2, 3
  on conflict (days, starts_at, user_id) do update
  set credits_out = s.credits_out + excluded.credits_out, credits_in = s.credits_in + excluded.credits_in,
    entries_out = s.entries_out + excluded.entries_out, entries_in = s.entries_in + excluded.entries_in;

  -- An account's entries follow each other in time, so a charge and the one before it never change: it makes the
  -- account active in each stretch that begins after the one before and not after itself, and reaches beyond it.
  insert into usage.active_accounts as a (hours, starts_at, accounts)
  with lengths as materialized (
    select n::integer as n, hours, make_interval(hours => hours) as length
    from unnest(array[1, 24, 168, 672, 696, 719, 720, 721, 743, 744, 745]) with ordinality l (hours, n)
  ), charges as materialized (
    select c.charged_at, c.before_at,
      case when c.before_at is null then (select count(*)::integer from lengths)
        else width_bucket(c.charged_at - c.before_at, (select array_agg(l.length order by l.n) from lengths l)) end as longer_than
    from usage.charges_and_before(p_from, p_to) c
  ), ends as materialized (
    select date_bin(interval '15 minutes', c.charged_at, timestamptz '1970-01-01 00:00:00+00') + interval '15 minutes' as at,
      c.longer_than, count(*) as n
    from charges c group by 1, 2
  ), befores as (
    select date_bin(interval '15 minutes', c.before_at, timestamptz '1970-01-01 00:00:00+00') + interval '15 minutes' as at,
      c.longer_than, count(*) as n
    from charges c where c.before_at is not null group by 1, 2
  ), turns as (
    select l.hours, e.at - l.length as at, e.n from lengths l join ends e on e.longer_than >= l.n
    union all
    select l.hours, b.at, b.n from lengths l join befores b on b.longer_than < l.n
    union all
    select l.hours, e.at, -e.n from lengths l cross join (select at, sum(n)::bigint as n from ends group by at) e
  ), summed as materialized (
    -- Between the turns of two months nobody asks, so that all of it may count at the later one.
    select t.hours, case
        when t.hours <= 168 or t.at at time zone 'UTC' <= m.month + interval '12 hours' then t.at
        else (m.month + interval '1 month' - interval '14 hours') at time zone 'UTC'
      end as at, sum(t.n)::bigint as n
    from turns t
    cross join lateral (select date_trunc('month', (t.at at time zone 'UTC') + interval '14 hours') as month) m
    group by 1, 2
  ), spans as materialized (
    select s.hours, min(s.at) as first_at, max(s.at) as last_at from summed s group by 1
  ), asked as (
    select s.hours, g as at from spans s cross join lateral generate_series(s.first_at, s.last_at, interval '15 minutes') g
    where s.hours <= 168
    union all
    select s.hours, g
    from spans s
    cross join lateral generate_series(
      date_trunc('month', s.first_at at time zone 'UTC'), (s.last_at at time zone 'UTC') + interval '1 month', interval '1 month'
    ) m (month)
    cross join lateral generate_series(
      (m.month at time zone 'UTC') - interval '14 hours', (m.month at time zone 'UTC') + interval '12 hours', interval '15 minutes'
    ) g
    where s.hours > 168 and s.hours - 24 * extract(day from m.month + interval '1 month' - interval '1 day')::integer between -1 and 1
  ), running as (
    select r.hours, r.at, bool_or(r.is_asked) as is_asked, sum(sum(r.n)) over (partition by r.hours order by r.at)::bigint as accounts
    from (select hours, at, n, false as is_asked from summed union all select hours, at, 0, true from asked) r
    group by r.hours, r.at
  )
  select r.hours, r.at, r.accounts from running r where r.is_asked and r.accounts <> 0
  on conflict (hours, starts_at) do update set accounts = a.accounts + excluded.accounts;
end
$$;
comment on function usage.fold_in_accounts(xid8, xid8) is
  'Adds the charges and refunds of the transactions from p_from up to p_to to the sums per account and to the counts of active accounts.';

create function usage.charges_and_before(p_from xid8, p_to xid8) returns table (charged_at timestamptz, before_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan rows 1000
as $$
begin
  if p_from = '0' then
    return query
      select c.created_at, c.before_at
      from (
        select t.created_at, t.xid, lag(t.created_at) over (partition by t.user_id order by t.entry_no) as before_at
        from public.credit_transactions t where t.type = 'charge'
      ) c
      where c.xid < p_to;
  else
    return query
      select t.created_at, (
        select b.created_at from public.credit_transactions b
        where b.user_id = t.user_id and b.entry_no < t.entry_no and b.type = 'charge' order by b.entry_no desc limit 1
      )
      from public.credit_transactions t
      where t.xid >= p_from and t.xid < p_to and t.type = 'charge';
  end if;
end
$$;
comment on function usage.charges_and_before(xid8, xid8) is
  'When the charges of these transactions were made, and when the one before of the same account: all at once by one sort, a few by the index.';

create function usage.live_charges_and_before() returns table (charged_at timestamptz, before_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp rows 100
as $$
begin
  return query select c.charged_at, c.before_at from usage.charges_and_before(usage.live_from(), '9223372036854775807') c;
end
$$;
comment on function usage.live_charges_and_before() is 'The charges that are not in the rollups, each with the one before of its account.';

revoke all on function usage.fold_in_accounts(xid8, xid8) from public, anon, authenticated;
revoke all on function
  usage.is_activity_kept(integer, timestamptz), usage.charges_and_before(xid8, xid8), usage.live_charges_and_before()
  from public, anon, authenticated;
grant execute on function
  usage.is_activity_kept(integer, timestamptz), usage.charges_and_before(xid8, xid8), usage.live_charges_and_before()
  to service_role, reeldesk_admin, reeldesk_analyst;

create or replace function usage.fold_in(p_from xid8, p_to xid8) returns void
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
  perform usage.fold_in_accounts(p_from, p_to);
end
$$;

create or replace function usage.rebuild_under_lock() returns void
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
  delete from usage.account_sums;
  delete from usage.active_accounts;
  perform usage.fold_in_accounts('0', v_next::text::xid8);
  update usage.watermark
  set xid = v_next::text::xid8, system_identifier = v_here, xid_offset = v_state.xid_offset, rolled_at = clock_timestamp();
end
$$;

create or replace function usage.digest() returns text
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
    union all
    select jsonb_build_array('account_sums', a.days, extract(epoch from a.starts_at), count(*), sum(hashtextextended(
      concat_ws(' ', a.user_id, a.credits_out, a.credits_in, a.entries_out, a.entries_in), 0)))::text collate "C"
    from usage.account_sums a group by a.days, a.starts_at
    union all
    select jsonb_build_array('active_accounts', a.hours, count(*), sum(hashtextextended(
      concat_ws(' ', extract(epoch from a.starts_at), a.accounts), 0)))::text collate "C"
    from usage.active_accounts a group by a.hours
  ) d
$$;

-- Nothing is in the new tables yet: the next roll-up makes all anew, until then reports read the ledger.
update usage.watermark set xid = '0';
