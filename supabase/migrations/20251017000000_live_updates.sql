-- Whoever looks on is told what has changed, and whoever writes pays nothing for it: a NOTIFY takes one lock
-- of the whole cluster until its commit is on disk, so one in each charge would make charges queue up.

create schema live;
comment on schema live is 'What has changed lately, for those who look on. Not exposed by the Data API.';
revoke all on schema live from public, anon, authenticated;
grant usage on schema live to authenticated, service_role, reeldesk_admin, reeldesk_analyst;

-- Counted as the ledger's are, see usage.watermark.
create function private.change_xid() returns xid8
language sql volatile set search_path = pg_catalog, pg_temp
as $$ select usage.next_xid(pg_current_xact_id(), w.xid_offset) from usage.watermark w $$;
revoke all on function private.change_xid() from public, anon, authenticated;
comment on function private.change_xid() is 'The number of this transaction, comparable with credit_transactions.xid.';

alter table public.audit_log add column xid xid8 not null default '0';
alter table public.audit_log alter column xid set default private.change_xid();
create index audit_log_by_xid on public.audit_log (xid);
comment on column public.audit_log.xid is 'The transaction that wrote the row, 0 before this column: who follows the log is told by it what is new.';

create table live.video_changes (
  id bigint generated always as identity primary key,
  video_id uuid not null,
  user_id uuid not null,
  type text not null,
  at timestamptz not null default clock_timestamp(),
  xid xid8 not null default private.change_xid(),
  constraint video_changes_type_known check (
    type in ('pending', 'processing', 'completed', 'failed', 'deleted', 'restored', 'purged'))
);
create index video_changes_by_xid on live.video_changes (xid);
create index video_changes_by_time on live.video_changes (at);
create index video_changes_by_account on live.video_changes (user_id);
alter table live.video_changes enable row level security;
revoke all on live.video_changes from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst;
-- Owners follow their own videos, the desk all of them.
create policy video_changes_owner_reads on live.video_changes
  for select to authenticated using (user_id = (select auth.uid()));
create policy video_changes_admin_reads on live.video_changes for select to reeldesk_admin using (true);
create policy video_changes_analyst_reads on live.video_changes for select to reeldesk_analyst using (true);
grant select on live.video_changes to authenticated, service_role, reeldesk_admin, reeldesk_analyst;
comment on table live.video_changes is
  'What became of videos within the last hour; that one was created is told by its charge. No foreign key: a purge is a change too.';

create function live.record_video_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE' then
    insert into live.video_changes (video_id, user_id, type) values (old.id, old.user_id, 'purged');
    return null;
  end if;
  if old.status is distinct from new.status then
    insert into live.video_changes (video_id, user_id, type) values (new.id, new.user_id, new.status);
  end if;
  if (old.deleted_at is null) <> (new.deleted_at is null) then
    insert into live.video_changes (video_id, user_id, type)
    values (new.id, new.user_id, case when new.deleted_at is null then 'restored' else 'deleted' end);
  end if;
  return null;
end
$$;
revoke all on function live.record_video_change() from public, anon, authenticated, service_role;
comment on function live.record_video_change() is 'Trigger on videos: remembers for an hour that one was moved, deleted, restored or purged.';
create trigger videos_change_recorded after update of status, deleted_at on public.videos
  for each row
  when (old.status is distinct from new.status or old.deleted_at is distinct from new.deleted_at)
  execute function live.record_video_change();
create trigger videos_purge_recorded after delete on public.videos
  for each row execute function live.record_video_change();

create table private.announced_changes (
  is_only boolean primary key default true,
  xid xid8 not null default '0',
  announced_at timestamptz not null default '-infinity',
  kept_from xid8 not null default '0',
  swept_at timestamptz not null default '-infinity',
  constraint announced_changes_is_one_row check (is_only)
);
insert into private.announced_changes default values;
comment on table private.announced_changes is
  'One row: changes of transactions before xid have been announced, and those from kept_from on can still be read.';

create function reeldesk.announce_changes() returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_state private.announced_changes;
  v_to xid8;
  v_swept xid8;
begin
  -- Transactions before v_to are over, all of them, so none of their rows comes later.
  select usage.next_xid(pg_snapshot_xmin(pg_current_snapshot()), w.xid_offset) into v_to from usage.watermark w;
  select * into v_state from private.announced_changes;
  -- Mostly there is nothing new: then nothing is locked or written.
  if v_state.xid > v_to or (
    v_state.announced_at < clock_timestamp() - interval '200 milliseconds' and (
      exists (select from public.credit_transactions t where t.xid >= v_state.xid and t.xid < v_to)
      or exists (select from live.video_changes c where c.xid >= v_state.xid and c.xid < v_to)
      or exists (select from public.audit_log a where a.xid >= v_state.xid and a.xid < v_to)
    )
  ) then
    -- Of several servers at once one does it.
    perform from private.announced_changes for update skip locked;
    if found then
      if v_state.swept_at < clock_timestamp() - interval '1 minute' then
        with swept as (
          delete from live.video_changes c where c.at < clock_timestamp() - interval '1 hour' returning c.xid
        )
        select max(s.xid) into v_swept from swept s;
      end if;
      update private.announced_changes a
      set xid = v_to, announced_at = clock_timestamp(),
        kept_from = case when a.xid > v_to then v_to else greatest(a.kept_from, usage.next_xid(coalesce(v_swept, '0'))) end,
        swept_at = case when v_state.swept_at < clock_timestamp() - interval '1 minute' then clock_timestamp() else a.swept_at end
      returning * into v_state;
      perform pg_notify('reeldesk_changes', v_state.xid::text);
    end if;
  end if;
  return jsonb_build_object('announced', v_state.xid::text, 'kept_from', v_state.kept_from::text);
end
$$;
revoke all on function reeldesk.announce_changes() from public, anon, authenticated, service_role;
grant execute on function reeldesk.announce_changes() to reeldesk_api;
comment on function reeldesk.announce_changes() is
  'Says how far changes are announced, after announcing new ones: at most five times a second however many servers ask. For the API''s login.';

create function reeldesk.count_ledger_problems() returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select count(*)::integer from private.ledger_problems() $$;
revoke all on function reeldesk.count_ledger_problems() from public, anon, authenticated, service_role;
grant execute on function reeldesk.count_ledger_problems() to reeldesk_api;
comment on function reeldesk.count_ledger_problems() is
  'How many promises of the ledger are broken, 0 when the books balance: for the API''s metrics. Reads the whole ledger.';

-- With the login, so that they hold through every pooler and cost no round trip. Roles belong to the cluster.
do $$
declare
  v_setting text;
begin
  foreach v_setting in array array['statement_timeout=30s', 'idle_in_transaction_session_timeout=60s'] loop
    if not exists (
      select from pg_catalog.pg_db_role_setting s
      where s.setrole = 'reeldesk_api'::regrole and s.setdatabase = 0 and s.setconfig && array[v_setting]
    ) then
      begin
        execute format('alter role reeldesk_api set %s = %L', split_part(v_setting, '=', 1), split_part(v_setting, '=', 2));
      exception when insufficient_privilege or internal_error then
        -- Another's role, or another database of the cluster is setting it at this moment.
        raise notice '% was not set for reeldesk_api: set it with ALTER ROLE, or STATEMENT_TIMEOUT_SECONDS for the server', v_setting;
      end;
    end if;
  end loop;
end
$$;
