-- Staff membership is a row that can be taken away at once, not a claim in a token
-- that lives on; and whatever staff do leaves a line that nobody can change.

create table public.staff_members (
  user_id uuid primary key,
  role text not null,
  created_at timestamptz not null default now(),
  constraint staff_members_role_known check (role in ('admin', 'analyst'))
);
alter table public.staff_members enable row level security;
comment on table public.staff_members is
  'Who works at the desk. Read at every call, so that removing a row ends the right at once. No reference to profiles: staff need no credits.';

create table public.audit_log (
  id uuid primary key default gen_random_uuid(),
  created_at timestamptz not null default clock_timestamp(),
  actor_id uuid,
  actor_role text not null,
  action text not null,
  target_type text not null,
  target_id text not null,
  user_id uuid,
  transaction_id uuid,
  reason text,
  note text,
  amount integer,
  request_id text,
  before jsonb,
  after jsonb
);
create index audit_log_by_time on public.audit_log (created_at desc, id desc);
create index audit_log_by_account on public.audit_log (user_id, created_at desc, id desc);
create index audit_log_by_target on public.audit_log (target_id, created_at desc, id desc);
create index audit_log_by_transaction on public.audit_log (transaction_id) where transaction_id is not null;
alter table public.audit_log enable row level security;
comment on table public.audit_log is
  'Who did what to whom, why, and what changed; one row per action, in the action''s own transaction. Append-only.';
comment on column public.audit_log.actor_role is 'admin, analyst, user, backend (service_role) or owner (a login with SQL access).';
comment on column public.audit_log.note is 'What staff wrote for colleagues; never shown to the account''s owner.';

create function private.staff_role() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select s.role from public.staff_members s where s.user_id = auth.uid()
$$;
revoke all on function private.staff_role() from public, anon, authenticated;
comment on function private.staff_role() is 'The caller''s role at the desk, NULL for everybody else.';

create function private.is_admin() returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(private.staff_role() = 'admin', false)
$$;
revoke all on function private.is_admin() from public, anon, authenticated;
comment on function private.is_admin() is 'Whether the caller is an admin, by his row in staff_members.';

-- Asked again under a lock, last of all locks: waiting for the others may have taken long, and a
-- transaction may look at an old snapshot. A demotion waits for what was begun; what comes after it is refused.
create function private.lock_admin_role(p_hint text default null) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  if private.is_backend() then
    return;
  end if;
  perform from public.staff_members s where s.user_id = auth.uid() and s.role = 'admin' for share;
  if not found then
    perform private.refuse(p_hint);
  end if;
end
$$;
revoke all on function private.lock_admin_role(text) from public, anon, authenticated;
comment on function private.lock_admin_role(text) is
  'Holds the caller''s role as admin until the transaction ends; PT403 when it is gone. The back end passes.';

create function private.actor_role() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select case
    when private.is_backend() and current_setting('role', true) = 'service_role' then 'backend'
    when private.is_backend() then 'owner'
    else coalesce(private.staff_role(), 'user')
  end
$$;
revoke all on function private.actor_role() from public, anon, authenticated;
comment on function private.actor_role() is 'In which role the caller acts, as the audit log names it.';

-- The API passes the id along as a setting, PostgREST as a request header.
create function private.request_id() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select left(coalesce(
    nullif(current_setting('reeldesk.request_id', true), ''),
    nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-request-id'
  ), 100)
$$;
revoke all on function private.request_id() from public, anon, authenticated;
comment on function private.request_id() is 'The id of the HTTP request being served, NULL when there is none.';

create function private.audit(
  p_action text,
  p_target_type text,
  p_target_id text,
  p_user_id uuid,
  p_before jsonb,
  p_after jsonb,
  p_reason text default null,
  p_amount integer default null,
  p_transaction_id uuid default null,
  p_note text default null
) returns void
language sql volatile set search_path = pg_catalog, pg_temp
as $$
  insert into public.audit_log (
    actor_id, actor_role, action, target_type, target_id, user_id, transaction_id,
    reason, note, amount, request_id, before, after
  ) values (
    auth.uid(), private.actor_role(), p_action, p_target_type, p_target_id, p_user_id, p_transaction_id,
    p_reason, p_note, p_amount, private.request_id(), p_before, p_after
  )
$$;
revoke all on function private.audit(text, text, text, uuid, jsonb, jsonb, text, integer, uuid, text) from public, anon, authenticated;
comment on function private.audit(text, text, text, uuid, jsonb, jsonb, text, integer, uuid, text) is
  'Writes the audit row of an action, in the action''s transaction.';

create function private.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error(
    'PT403', 'append_only', format('%s is append-only: %s is refused.', tg_table_name, lower(tg_op)), '{}',
    'Correct it with a new row: an adjustment or a refund for credits.'
  );
  return null;
end
$$;
revoke all on function private.refuse_change() from public, anon, authenticated;
comment on function private.refuse_change() is 'Trigger of the append-only tables.';

-- Always: a session that plays replica skips ordinary triggers, and with them the promise.
create trigger audit_log_append_only before update or delete on public.audit_log
  for each row execute function private.refuse_change();
create trigger audit_log_no_truncate before truncate on public.audit_log
  for each statement execute function private.refuse_change();
alter table public.audit_log enable always trigger audit_log_append_only;
alter table public.audit_log enable always trigger audit_log_no_truncate;

create function private.audit_staff_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.audit(
    case tg_op when 'INSERT' then 'grant_staff_role' when 'DELETE' then 'revoke_staff_role' else 'change_staff_role' end,
    'staff_member', coalesce(new.user_id, old.user_id)::text, coalesce(new.user_id, old.user_id),
    case when tg_op = 'INSERT' then null else jsonb_build_object('role', old.role) end,
    case when tg_op = 'DELETE' then null else jsonb_build_object('role', new.role) end
  );
  return null;
end
$$;
revoke all on function private.audit_staff_change() from public, anon, authenticated;
comment on function private.audit_staff_change() is 'Trigger: a change of staff is audited even when it is made by hand.';
create trigger staff_members_audited after insert or update or delete on public.staff_members
  for each row execute function private.audit_staff_change();
alter table public.staff_members enable always trigger staff_members_audited;
