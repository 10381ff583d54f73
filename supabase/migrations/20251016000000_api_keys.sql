-- Programs sign in with keys that an admin makes and takes away. A key is its maker's: what
-- it does carries his name, and it ends with his role at the desk.

-- In private, which no role may even enter: not the API's login, not service_role.
create table private.api_keys (
  id uuid primary key default gen_random_uuid(),
  key_hash bytea not null,
  prefix text not null,
  name text not null,
  role text not null,
  made_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by uuid,
  constraint api_keys_key_hash_is_sha256 check (octet_length(key_hash) = 32),
  constraint api_keys_role_known check (role in ('backend', 'staff')),
  constraint api_keys_expire_after_creation check (expires_at is null or expires_at > created_at),
  constraint api_keys_key_hash_key unique (key_hash)
);
create index api_keys_by_time on private.api_keys (created_at desc, id desc);
comment on table private.api_keys is
  'Keys of programs. The key itself is shown once, when it is made, and kept nowhere: this table has its SHA-256.';
comment on column private.api_keys.prefix is 'The first characters of the key, to tell keys apart; useless by themselves.';
comment on column private.api_keys.role is
  'backend: acts as service_role in the name of its maker. staff: acts as its maker, with the role he has at that moment.';
comment on column private.api_keys.made_by is 'The admin who made it. When his role goes, the key opens nothing.';
comment on column private.api_keys.last_used_at is 'Last use, to the minute.';

create function reeldesk.use_api_key(p_key_hash bytea, out kind text, out user_id uuid, out key_id uuid)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_key private.api_keys;
  v_staff_role text;
begin
  select * into v_key from private.api_keys k where k.key_hash = p_key_hash;
  if not found then
    perform private.raise_error('PT401', 'invalid_api_key', 'This API key is not known here.',
      jsonb_build_object('problem', 'unknown'), 'Check that the whole key is sent, or have an admin make a new one.');
  end if;
  if v_key.revoked_at is not null then
    perform private.raise_error('PT401', 'invalid_api_key', 'This API key was revoked.',
      jsonb_build_object('problem', 'revoked', 'revoked_at', v_key.revoked_at), 'Have an admin make a new one.');
  end if;
  if v_key.expires_at <= clock_timestamp() then
    perform private.raise_error('PT401', 'invalid_api_key', 'This API key is over.',
      jsonb_build_object('problem', 'expired', 'expires_at', v_key.expires_at), 'Have an admin make a new one.');
  end if;
  select s.role into v_staff_role from public.staff_members s where s.user_id = v_key.made_by;
  if v_staff_role is null or (v_key.role = 'backend' and v_staff_role <> 'admin') then
    perform private.raise_error('PT401', 'invalid_api_key', 'The maker of this API key has no longer the role for it.',
      jsonb_build_object('problem', 'role_gone'), 'Have an admin make a new one.');
  end if;

  -- At most once a minute, and never waiting for another call that is just doing it. A replica only reads.
  if (v_key.last_used_at is null or v_key.last_used_at < clock_timestamp() - interval '1 minute')
    and current_setting('transaction_read_only') = 'off' then
    update private.api_keys k set last_used_at = clock_timestamp()
    where k.id in (select l.id from private.api_keys l where l.id = v_key.id for no key update skip locked);
  end if;
  kind := case v_key.role when 'staff' then 'user' else 'backend' end;
  user_id := v_key.made_by;
  key_id := v_key.id;
end
$$;
revoke all on function reeldesk.use_api_key(bytea) from public, anon, authenticated, service_role;
grant execute on function reeldesk.use_api_key(bytea) to reeldesk_api;
comment on function reeldesk.use_api_key(bytea) is
  'As whom a key acts, by its SHA-256; PT401 when it is unknown, revoked, over, or its maker has lost his role.';

-- A kind key:<SHA-256 in hex> is looked up here, in the statement of the call itself: one round trip.
create or replace function reeldesk.become(p_kind text, p_user_id uuid default null, p_request_id text default null) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := p_kind;
  v_user_id uuid := p_user_id;
  v_key_id uuid;
  v_role text;
begin
  if p_kind ~ '^key:[0-9a-f]{64}$' and p_user_id is null then
    select k.kind, k.user_id, k.key_id into v_kind, v_user_id, v_key_id
    from reeldesk.use_api_key(decode(substr(p_kind, 5), 'hex')) k;
  elsif (p_kind = 'user') <> (p_user_id is not null) then
    v_kind := null;
  end if;
  v_role := case v_kind when 'user' then 'authenticated' when 'backend' then 'service_role' when 'anon' then 'anon' end;
  if v_role is null then
    raise exception 'become: kind % does not go with user %', left(p_kind, 10), p_user_id;
  end if;
  perform set_config('request.jwt.claims', jsonb_strip_nulls(jsonb_build_object('sub', v_user_id, 'role', v_role))::text, true);
  perform set_config('request.jwt.claim.sub', coalesce(v_user_id::text, ''), true);
  perform set_config('request.jwt.claim.role', v_role, true);
  perform set_config('reeldesk.request_id', coalesce(p_request_id, ''), true);
  perform set_config('reeldesk.api_key_id', coalesce(v_key_id::text, ''), true);
  perform set_config('role', v_role, true);
end
$$;
comment on function reeldesk.become(text, uuid, text) is
  'Makes the rest of the transaction the caller''s: user (as authenticated), backend (as service_role), anon, or whom an API key stands for.';

create or replace function reeldesk.become_reader(p_kind text, p_user_id uuid default null, p_request_id text default null) returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_staff_role text;
begin
  perform reeldesk.become(p_kind, p_user_id, p_request_id);
  if current_setting('role') = 'service_role' then
    return 'backend';
  end if;
  if current_setting('role') = 'anon' then
    return 'anon';
  end if;
  -- Everybody may read his own row.
  select s.role into v_staff_role from public.staff_members s where s.user_id = auth.uid();
  if v_staff_role is null then
    return 'user';
  end if;
  perform set_config('role', case v_staff_role when 'admin' then 'reeldesk_admin' else 'reeldesk_analyst' end, true);
  return v_staff_role;
end
$$;

drop function reeldesk.staff_role_of(uuid);

-- A key that could make keys, or give out roles, would outlive its own end.
create function private.check_signed_in_by_person() returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  if coalesce(current_setting('reeldesk.api_key_id', true), '') <> '' then
    perform private.refuse('This is for an admin who is signed in, not for an API key.');
  end if;
end
$$;
revoke all on function private.check_signed_in_by_person() from public, anon, authenticated;
comment on function private.check_signed_in_by_person() is 'PT403 for whoever comes with an API key.';

create or replace function private.lock_staff_pair(p_user_id uuid) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.check_signed_in_by_person();
  perform from public.staff_members s
  where s.user_id in (auth.uid(), p_user_id) order by s.user_id for update;
  perform private.lock_admin_role('Staff are managed by an admin.');
end
$$;

create function private.check_manages_keys() returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  if not private.is_admin() then
    perform private.refuse('API keys are managed by an admin.');
  end if;
  perform private.check_signed_in_by_person();
end
$$;
revoke all on function private.check_manages_keys() from public, anon, authenticated;
comment on function private.check_manages_keys() is 'PT403 for everybody but an admin who is signed in.';

create function private.api_key_as_json(p_key private.api_keys) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'id', p_key.id, 'name', p_key.name, 'role', p_key.role, 'prefix', p_key.prefix,
    'made_by', p_key.made_by, 'made_by_email', (select p.email from public.profiles p where p.id = p_key.made_by),
    'created_at', p_key.created_at, 'expires_at', p_key.expires_at, 'last_used_at', p_key.last_used_at,
    'revoked_at', p_key.revoked_at,
    'state', case
      when p_key.revoked_at is not null then 'revoked'
      when p_key.expires_at <= clock_timestamp() then 'expired'
      when not exists (select from public.staff_members s
        where s.user_id = p_key.made_by and (s.role = 'admin' or p_key.role = 'staff')) then 'role_gone'
      else 'active'
    end
  )
$$;
revoke all on function private.api_key_as_json(private.api_keys) from public, anon, authenticated;
comment on function private.api_key_as_json(private.api_keys) is 'A key as admins see it: everything but its hash.';

create function private.make_api_key(
  p_made_by uuid, p_name text, p_role text, p_expires_at timestamptz, p_key_hash bytea, p_prefix text
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_key private.api_keys;
begin
  if private.is_blank(p_name) or length(p_name) > 100 then
    perform private.invalid_input('p_name', 'must have 1 to 100 characters');
  end if;
  if p_role is null or p_role not in ('backend', 'staff') then
    perform private.invalid_input('p_role', 'must be backend or staff');
  end if;
  if p_expires_at <= clock_timestamp() or p_expires_at = 'infinity' then
    perform private.invalid_input('p_expires_at', 'must be in the future', 'Leave it out for a key without an end.');
  end if;
  if p_key_hash is null or octet_length(p_key_hash) <> 32 then
    perform private.invalid_input('p_key_hash', 'must be a SHA-256');
  end if;
  if p_prefix is null or p_prefix !~ '^rdk_[A-Za-z0-9_-]{4,8}$' then
    perform private.invalid_input('p_prefix', 'must be the beginning of the key');
  end if;

  insert into private.api_keys (key_hash, prefix, name, role, made_by, expires_at)
  values (p_key_hash, p_prefix, p_name, p_role, p_made_by, p_expires_at) returning * into v_key;
  perform private.audit('create_api_key', 'api_key', v_key.id::text, p_made_by, null,
    jsonb_build_object('name', p_name, 'role', p_role, 'prefix', p_prefix, 'expires_at', p_expires_at));
  return private.api_key_as_json(v_key);
end
$$;
revoke all on function private.make_api_key(uuid, text, text, timestamptz, bytea, text) from public, anon, authenticated;
comment on function private.make_api_key(uuid, text, text, timestamptz, bytea, text) is
  'Keeps a new key''s hash and audits it; called for an admin, or by the schema''s owner in the name of one.';

create function desk.create_api_key(p_name text, p_role text, p_expires_at timestamptz, p_key_hash bytea, p_prefix text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.check_manages_keys();
  perform private.lock_admin_role('API keys are managed by an admin.');
  return private.make_api_key(auth.uid(), p_name, p_role, p_expires_at, p_key_hash, p_prefix);
end
$$;
comment on function desk.create_api_key(text, text, timestamptz, bytea, text) is
  'Makes an API key in the caller''s name, of which only the SHA-256 comes here. For admins who are signed in.';

create function private.end_api_key(p_key_id uuid) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_key private.api_keys;
begin
  select * into v_key from private.api_keys k where k.id = p_key_id for update;
  if not found then
    if p_key_id is null then
      perform private.invalid_input('p_key_id', 'must not be NULL');
    end if;
    perform private.raise_error('PT404', 'api_key_not_found', 'There is no such API key.',
      jsonb_build_object('key_id', p_key_id), 'Check the id in the list of keys.');
  end if;
  -- Once more changes nothing: it is what the caller wanted.
  if v_key.revoked_at is null then
    update private.api_keys k set revoked_at = clock_timestamp(), revoked_by = auth.uid()
    where k.id = p_key_id returning * into v_key;
    perform private.audit('revoke_api_key', 'api_key', p_key_id::text, v_key.made_by,
      jsonb_build_object('revoked_at', null), jsonb_build_object('revoked_at', v_key.revoked_at));
  end if;
  return private.api_key_as_json(v_key);
end
$$;
revoke all on function private.end_api_key(uuid) from public, anon, authenticated;
comment on function private.end_api_key(uuid) is 'Revokes a key and audits it, once.';

create function desk.revoke_api_key(p_key_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.check_manages_keys();
  perform private.lock_admin_role('API keys are managed by an admin.');
  return private.end_api_key(p_key_id);
end
$$;
comment on function desk.revoke_api_key(uuid) is 'Ends an API key at once, for good. For admins who are signed in.';

create function desk.list_api_keys(p_before timestamptz default null, p_before_id uuid default null, p_limit integer default 50)
returns setof jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp rows 50
as $$
begin
  if not private.is_admin() then
    perform private.refuse('API keys are managed by an admin.');
  end if;
  if p_limit is null or p_limit not between 1 and 201 then
    perform private.invalid_input('p_limit', 'must be between 1 and 201');
  end if;
  return query
    select private.api_key_as_json(k) from private.api_keys k
    where p_before is null or (k.created_at, k.id) < (p_before, p_before_id)
    order by k.created_at desc, k.id desc limit p_limit;
end
$$;
comment on function desk.list_api_keys(timestamptz, uuid, integer) is
  'All API keys, newest first, without what would open anything; next page: created_at and id of the last row. For admins.';

revoke all on function
  desk.create_api_key(text, text, timestamptz, bytea, text),
  desk.revoke_api_key(uuid),
  desk.list_api_keys(timestamptz, uuid, integer)
  from public, anon, authenticated, service_role;
grant execute on function
  desk.create_api_key(text, text, timestamptz, bytea, text),
  desk.revoke_api_key(uuid),
  desk.list_api_keys(timestamptz, uuid, integer)
  to authenticated;

create function reeldesk.create_api_key(
  p_caller text, p_caller_id uuid, p_request_id text,
  p_name text, p_role text, p_expires_at timestamptz, p_key_hash text, p_prefix text
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return desk.create_api_key(p_name => p_name, p_role => p_role, p_expires_at => p_expires_at,
    p_key_hash => decode(p_key_hash, 'hex'), p_prefix => p_prefix);
end
$$;
create function reeldesk.revoke_api_key(p_caller text, p_caller_id uuid, p_request_id text, p_key_id uuid) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return desk.revoke_api_key(p_key_id => p_key_id);
end
$$;
create function reeldesk.list_api_keys(
  p_caller text, p_caller_id uuid, p_request_id text, p_before timestamptz, p_before_id uuid, p_limit integer
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return coalesce((
    select jsonb_agg(k) from desk.list_api_keys(p_before => p_before, p_before_id => p_before_id, p_limit => p_limit) k
  ), '[]');
end
$$;
revoke all on function
  reeldesk.create_api_key(text, uuid, text, text, text, timestamptz, text, text),
  reeldesk.revoke_api_key(text, uuid, text, uuid),
  reeldesk.list_api_keys(text, uuid, text, timestamptz, uuid, integer)
  from public, anon, authenticated, service_role;
grant execute on function
  reeldesk.create_api_key(text, uuid, text, text, text, timestamptz, text, text),
  reeldesk.revoke_api_key(text, uuid, text, uuid),
  reeldesk.list_api_keys(text, uuid, text, timestamptz, uuid, integer)
  to reeldesk_api;
comment on function reeldesk.create_api_key(text, uuid, text, text, text, timestamptz, text, text) is
  'Entrance of the API to desk.create_api_key; the hash comes in hex.';
comment on function reeldesk.revoke_api_key(text, uuid, text, uuid) is 'Entrance of the API to desk.revoke_api_key.';
comment on function reeldesk.list_api_keys(text, uuid, text, timestamptz, uuid, integer) is 'Entrance of the API to desk.list_api_keys.';

-- A replayed answer says so, to whoever asks in the same transaction: the API tells its caller by a header.
create or replace function private.replay(p_user_id uuid, p_operation text, p_key text, p_request jsonb) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_known private.idempotency_keys;
begin
  if p_key is null then
    return null;
  end if;
  select * into v_known from private.idempotency_keys k
  where k.user_id = p_user_id and k.operation = p_operation and k.key = p_key;
  if not found then
    return null;
  end if;
  if v_known.request <> p_request then
    perform private.raise_error(
      'PT409', 'idempotency_key_reused', 'This idempotency key was used before, with other arguments.', '{}',
      'Use a fresh key for a new action; the same key only repeats the same call. Nothing was changed.'
    );
  end if;
  perform set_config('reeldesk.replayed', 'true', true);
  return v_known.response;
end
$$;

-- The audit log is searched by who did it and by what was done.
create index audit_log_by_actor on public.audit_log (actor_id, created_at desc, id desc);
create index audit_log_by_action on public.audit_log (action, created_at desc, id desc);
