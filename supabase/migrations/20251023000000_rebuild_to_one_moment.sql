-- A rebuild compares what was with what is made anew up to one and the same transaction. Worked out twice, that
-- place moved on whenever a transaction ended in between, and good totals were called different.

drop function usage.rebuild_under_lock();

create function usage.rebuild_under_lock(p_to xid8 default null) returns void
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
    v_next := coalesce(p_to::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint + v_state.xid_offset);
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
revoke all on function usage.rebuild_under_lock(xid8) from public, anon, authenticated;
comment on function usage.rebuild_under_lock(xid8) is
  'Makes all totals anew from the ledger, up to a transaction or as far as all are over; readers see the old ones until it commits.';

create or replace function usage.rebuild() returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_state usage.watermark;
  v_to xid8;
  v_before text;
  v_after text;
begin
  perform private.check_is_backend();
  perform pg_advisory_xact_lock(usage.lock_key());
  select * into v_state from usage.watermark for update;
  if v_state.system_identifier = usage.system_identifier() and v_state.xid > '0' then
    -- Up to the same moment, so that what is rebuilt can be compared with what was.
    v_to := usage.next_xid(pg_snapshot_xmin(pg_current_snapshot()), v_state.xid_offset);
    perform usage.fold_in(v_state.xid, v_to);
    v_before := usage.digest();
  end if;
  perform usage.rebuild_under_lock(v_to);
  v_after := usage.digest();
  return jsonb_build_object('digest', v_after, 'is_same', v_before = v_after);
end
$$;
