-- What hosted Supabase has and plain PostgreSQL lacks, so that the migrations find it everywhere.
-- Each piece is made only where it is missing. Run it as a superuser, before the migrations;
-- packages/db/src/supabase-shim.ts does, in one transaction. No role gets a password here.

do $$
declare
  v_role record;
begin
  for v_role in
    select * from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls'),
      ('authenticator', 'login noinherit'),
      -- As on hosted Supabase: it owns the product's objects and is no superuser.
      ('postgres', 'login createdb createrole bypassrls')
    ) as r (name, attributes)
  loop
    if pg_catalog.to_regrole(v_role.name) is null then
      execute format('create role %I %s', v_role.name, v_role.attributes);
    end if;
  end loop;
end
$$;

-- Made as postgres, so that it may manage the role that the migrations would make otherwise.
set role postgres;
do $$
begin
  if pg_catalog.to_regrole('reeldesk_api') is null then
    create role reeldesk_api login noinherit;
  end if;
end
$$;
reset role;

-- Without ADMIN OPTION: on hosted Supabase, too, only an administrator gives these roles out,
-- and so the API's login gets them here, where one is at work.
do $$
declare
  v_member text;
  v_role text;
begin
  foreach v_member in array array['postgres', 'authenticator', 'reeldesk_api'] loop
    foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
      if not pg_catalog.pg_has_role(v_member, v_role, 'member') then
        execute format('grant %I to %I', v_role, v_member);
      end if;
    end loop;
  end loop;
end
$$;

-- The owner of the database may create in public, which belongs to whoever that is.
do $$
begin
  if (select d.datdba = current_user::regrole from pg_catalog.pg_database d where d.datname = current_database())
    and current_user <> 'postgres' then
    execute format('alter database %I owner to postgres', current_database());
  end if;
  if not pg_catalog.has_schema_privilege('postgres', 'public', 'create') then
    grant usage, create on schema public to postgres;
  end if;
end
$$;

create schema if not exists auth;

do $$
begin
  if pg_catalog.to_regclass('auth.users') is null then
    create table auth.users (
      instance_id uuid,
      id uuid primary key,
      aud varchar(255),
      role varchar(255),
      email varchar(255),
      encrypted_password varchar(255),
      email_confirmed_at timestamptz,
      invited_at timestamptz,
      last_sign_in_at timestamptz,
      raw_app_meta_data jsonb,
      raw_user_meta_data jsonb,
      is_super_admin boolean,
      created_at timestamptz,
      updated_at timestamptz,
      phone text unique,
      banned_until timestamptz,
      is_sso_user boolean not null default false,
      deleted_at timestamptz,
      is_anonymous boolean not null default false
    );
    create unique index users_email_partial_key on auth.users (email) where not is_sso_user;
  end if;
end
$$;

-- Claims come in two spellings: one setting for each, or all of them as JSON.
do $$
begin
  if pg_catalog.to_regprocedure('auth.jwt()') is null then
    create function auth.jwt() returns jsonb language sql stable as $f$
      select coalesce(
        nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')
      )::jsonb
    $f$;
  end if;
  if pg_catalog.to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid language sql stable as $f$
      select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
      )::uuid
    $f$;
  end if;
  if pg_catalog.to_regprocedure('auth.role()') is null then
    create function auth.role() returns text language sql stable as $f$
      select coalesce(
        nullif(current_setting('request.jwt.claim.role', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
      )
    $f$;
  end if;
  if pg_catalog.to_regprocedure('auth.email()') is null then
    create function auth.email() returns text language sql stable as $f$
      select coalesce(
        nullif(current_setting('request.jwt.claim.email', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
      )
    $f$;
  end if;
end
$$;

grant usage on schema auth to postgres, anon, authenticated, service_role;
grant execute on all functions in schema auth to postgres, anon, authenticated, service_role;
-- TRIGGER lets the migrations make the profile of a new account.
grant select, insert, update, delete, references, trigger on all tables in schema auth to postgres;
grant usage on schema public to anon, authenticated, service_role;

-- Supabase gives these roles ALL on whatever is made in public: migrations must revoke by name.
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;

-- The record of migrations, where the local Supabase has made a place for it already.
do $$
begin
  if pg_catalog.to_regnamespace('supabase_migrations') is not null then
    grant all on schema supabase_migrations to postgres;
    grant all on all tables in schema supabase_migrations to postgres;
  end if;
end
$$;
