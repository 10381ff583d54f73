-- The API's way in: one login that owns nothing and becomes the caller for the length of
-- one transaction. The schema is not exposed, or users could forge claims.

do $$
begin
  create role reeldesk_api login noinherit;
exception when duplicate_object or unique_violation then
  null; -- Roles belong to the cluster: another database of it has made this one.
end
$$;

do $$
declare
  v_role text;
  -- Before PostgreSQL 16 every member may set the role, and there is no word for it.
  v_may_set text := case when current_setting('server_version_num')::integer < 160000 then 'member' else 'set' end;
begin
  foreach v_role in array array['reeldesk_admin', 'reeldesk_analyst', 'anon', 'authenticated', 'service_role'] loop
    begin
      if not pg_catalog.pg_has_role('reeldesk_api', v_role, 'member') then
        execute format('grant %I to reeldesk_api', v_role);
      end if;
    exception when insufficient_privilege then
      -- Hosted Supabase gives out its own roles only by an administrator.
      raise notice 'reeldesk_api could not be made a member of %: ask an administrator, or let the API log in as this role', v_role;
    end;
    begin
      if not pg_catalog.pg_has_role(current_user, v_role, v_may_set) then
        execute format('grant %I to %I', v_role, current_user);
      end if;
    exception when insufficient_privilege or invalid_grant_operation then
      raise notice '% could not be made a member of %', current_user, v_role;
    end;
  end loop;
end
$$;

create schema reeldesk;
comment on schema reeldesk is 'The API''s entrances. Only its login may use them; the Data API must not expose this schema.';
revoke all on schema reeldesk from public, anon, authenticated;
grant usage on schema reeldesk to reeldesk_api;

-- Claims in both spellings: hosted Supabase reads request.jwt.claims, older ones one setting per claim.
create function reeldesk.become(p_kind text, p_user_id uuid default null, p_request_id text default null) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_role text := case p_kind when 'user' then 'authenticated' when 'backend' then 'service_role' when 'anon' then 'anon' end;
begin
  if v_role is null or (p_kind = 'user') <> (p_user_id is not null) then
    raise exception 'become: kind % does not go with user %', p_kind, p_user_id;
  end if;
  perform set_config('request.jwt.claims', jsonb_strip_nulls(jsonb_build_object('sub', p_user_id, 'role', v_role))::text, true);
  perform set_config('request.jwt.claim.sub', coalesce(p_user_id::text, ''), true);
  perform set_config('request.jwt.claim.role', v_role, true);
  perform set_config('reeldesk.request_id', coalesce(p_request_id, ''), true);
  perform set_config('role', v_role, true);
end
$$;
revoke all on function reeldesk.become(text, uuid, text) from public, anon, authenticated;
grant execute on function reeldesk.become(text, uuid, text) to reeldesk_api;
comment on function reeldesk.become(text, uuid, text) is
  'Makes the rest of the transaction the caller''s: user (as authenticated), backend (as service_role) or anon.';

create function reeldesk.staff_role_of(p_user_id uuid) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select s.role from public.staff_members s where s.user_id = p_user_id
$$;
revoke all on function reeldesk.staff_role_of(uuid) from public, anon, authenticated;
grant execute on function reeldesk.staff_role_of(uuid) to reeldesk_api;
comment on function reeldesk.staff_role_of(uuid) is 'Somebody''s role at the desk, NULL for everybody else.';

-- Writes never come this way: the functions look the caller up themselves, as authenticated.
create function reeldesk.become_reader(p_kind text, p_user_id uuid default null, p_request_id text default null) returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_staff_role text := case when p_kind = 'user' then reeldesk.staff_role_of(p_user_id) end;
begin
  perform reeldesk.become(p_kind, p_user_id, p_request_id);
  if v_staff_role is not null then
    perform set_config('role', case v_staff_role when 'admin' then 'reeldesk_admin' else 'reeldesk_analyst' end, true);
    return v_staff_role;
  end if;
  return p_kind;
end
$$;
revoke all on function reeldesk.become_reader(text, uuid, text) from public, anon, authenticated;
grant execute on function reeldesk.become_reader(text, uuid, text) to reeldesk_api;
comment on function reeldesk.become_reader(text, uuid, text) is
  'As become, but staff read as their own role, after the database has found them in staff_members. Answers admin, analyst, user, backend or anon.';

create function reeldesk.ready() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select count(*) >= 0 from public.credit_prices $$;
revoke all on function reeldesk.ready() from public, anon, authenticated;
grant execute on function reeldesk.ready() to reeldesk_api;
comment on function reeldesk.ready() is 'Answers when the schema is there.';
