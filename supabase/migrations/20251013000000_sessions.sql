-- Signed-in browsers, in the database so that a sign-in outlives a restart of the server
-- and every server knows it. The browser holds a random value, this table only its hash.

create table reeldesk.sessions (
  id bytea primary key,
  user_id uuid not null,
  sealed_tokens bytea not null,
  tokens_expire_at timestamptz not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint sessions_id_is_sha256 check (octet_length(id) = 32),
  constraint sessions_expire_after_creation check (expires_at > created_at)
);
create index sessions_by_user on reeldesk.sessions (user_id);
create index sessions_by_expiry on reeldesk.sessions (expires_at);
alter table reeldesk.sessions enable row level security;
revoke all on table reeldesk.sessions from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst;
grant select, insert, update, delete on table reeldesk.sessions to reeldesk_api;
-- Only the server's login comes here, before it becomes anybody.
create policy "The server keeps all sessions" on reeldesk.sessions
  for all to reeldesk_api using (true) with check (true);
comment on table reeldesk.sessions is
  'One row per signed-in browser. No foreign key to auth.users: a login removed there ends here at the next refresh of its tokens.';
comment on column reeldesk.sessions.id is 'SHA-256 of the cookie''s value.';
comment on column reeldesk.sessions.sealed_tokens is 'Supabase''s tokens, encrypted with AES-256-GCM by a key that the database never sees.';
comment on column reeldesk.sessions.seen_at is 'Last use, to the minute; a session unused for two hours is over.';
comment on column reeldesk.sessions.expires_at is 'The end, however much it is used.';

create function reeldesk.schema_version() returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
  return (select max(version) from supabase_migrations.schema_migrations);
exception when undefined_table or invalid_schema_name or insufficient_privilege then
  return null; -- Brought here by hand, without the record.
end
$$;
revoke all on function reeldesk.schema_version() from public, anon, authenticated, service_role;
grant execute on function reeldesk.schema_version() to reeldesk_api;
comment on function reeldesk.schema_version() is
  'The newest migration that this database has, NULL when none was recorded: the server compares it with its own.';
