-- Every function asks the same question first (who is calling?) and refuses in
-- the same way, so both have one place, out of the Data API's reach.

create schema private;
comment on schema private is 'Rules that no caller may run by hand: callers, errors, the ledger. Not exposed by the Data API.';
revoke all on schema private from public, anon, authenticated;

-- Functions of every schema name pg_temp last. An empty path would search it first for types,
-- and a caller's own domain called jsonb would run its checks with the rights of the owner.

create function private.raise_error(
  p_sqlstate text,
  p_code text,
  p_message text,
  p_details jsonb default '{}',
  p_hint text default null
) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = p_sqlstate,
    message = p_message,
    detail = (jsonb_build_object('code', p_code) || p_details)::text,
    hint = coalesce(p_hint, '');
end
$$;
revoke all on function private.raise_error(text, text, text, jsonb, text) from public, anon, authenticated;
comment on function private.raise_error(text, text, text, jsonb, text) is
  'The only place that raises. SQLSTATE PTnnn becomes HTTP status nnn in PostgREST; DETAIL is JSON with the machine''s code.';

create function private.invalid_input(p_field text, p_problem text, p_hint text default null) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error(
    'PT400', 'invalid_input', format('%s %s.', p_field, p_problem),
    jsonb_build_object('field', p_field), coalesce(p_hint, format('Correct %s and call again. Nothing was changed.', p_field))
  );
end
$$;
revoke all on function private.invalid_input(text, text, text) from public, anon, authenticated;
comment on function private.invalid_input(text, text, text) is 'Refuses an argument by name: PT400 invalid_input with {"field"}.';

-- Blanks come in many forms; a text of nothing else says nothing to anybody.
create function private.is_blank(p_text text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select p_text is null or p_text !~ (
    '[^\s\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f'
    '\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]')
$$;
revoke all on function private.is_blank(text) from public, anon, authenticated;
comment on function private.is_blank(text) is
  'Whether a text is NULL or holds only blanks, control characters and characters that show nothing.';

-- Claims are what a caller says, the role is what the server let him be: only the
-- role makes a backend. A role set beside a person's claims is that person.
create function private.is_backend() returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select case coalesce(current_setting('role', true), 'none')
    when 'service_role' then true
    when 'none' then pg_catalog.pg_has_role(session_user, 'service_role', 'usage') and auth.uid() is null
    else pg_catalog.pg_has_role(current_setting('role'), 'service_role', 'usage') and auth.uid() is null
  end
$$;
revoke all on function private.is_backend() from public, anon, authenticated;
comment on function private.is_backend() is
  'Whether the caller is the product''s own back end: role service_role, or a database login that holds it and speaks for no person.';

create function private.refuse(p_hint text default null) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  if auth.uid() is null then
    perform private.raise_error('PT403', 'not_signed_in', 'Nobody is signed in.', '{}', 'Sign in and call again.');
  end if;
  perform private.raise_error(
    'PT403', 'forbidden', 'You may not do this.', '{}',
    coalesce(p_hint, 'Ask an admin of your team to do it, or to give you the role.')
  );
end
$$;
revoke all on function private.refuse(text) from public, anon, authenticated;
comment on function private.refuse(text) is 'PT403: not_signed_in when there is no caller, else forbidden.';
