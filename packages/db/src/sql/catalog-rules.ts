/** A rule of the schema as a query for what breaks it, and a statement that does. */
export interface CatalogRule {
  name: string;
  /** Answers one row `finding` for each breach. */
  sql: string;
  /** Breaks the rule as the schema's owner; tried and rolled back, so that no query is blind. */
  breach: string;
}

/** Every schema that the migrations make, also those to come, and `public`. */
const ours = `(select nspname from pg_namespace where nspname = 'public'
  or (nspowner = 'postgres'::regrole and nspname not in ('auth', 'extensions', 'supabase_migrations')))`;
/** What callers could reach: `private` gives nobody usage. */
const reachable = `(select nspname from pg_namespace where nspname in ${ours} and nspname <> 'private')`;

const tables = `select c.*, n.nspname, n.nspname || '.' || c.relname as label from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspname in ${ours} where c.relkind in ('r', 'p')`;
const functions = `select p.*, n.nspname, p.oid::regprocedure::text as label from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace and n.nspname in ${ours}`;
const policies = `select p.*, format('%s.%s: %s', p.schemaname, p.tablename, p.policyname) as label,
  coalesce(p.qual, '') || ' ' || coalesce(p.with_check, '') as condition from pg_policies p where p.schemaname in ${ours}`;

const accessRules: CatalogRule[] = [
  {
    name: 'row level security is on for every table that a caller could reach',
    sql: `select label as finding from (${tables}) t where nspname in ${reachable} and not relrowsecurity`,
    breach: 'create table public.breach (id integer primary key)',
  },
  {
    name: 'no table has row level security without a policy',
    sql: `select label as finding from (${tables}) t where relrowsecurity
      and not exists (select from pg_policy p where p.polrelid = t.oid)`,
    breach:
      'drop policy profiles_owner_reads on public.profiles; drop policy profiles_admin_reads on public.profiles; drop policy profiles_analyst_reads on public.profiles',
  },
  {
    name: 'no policy lies on a table whose row level security is off',
    sql: `select label as finding from (${tables}) t where not relrowsecurity
      and exists (select from pg_policy p where p.polrelid = t.oid)`,
    breach: 'alter table public.videos disable row level security',
  },
  {
    name: 'row level security is not forced on the owner, whose functions would silently touch no row',
    sql: `select label as finding from (${tables}) t where relforcerowsecurity`,
    breach: 'alter table public.profiles force row level security',
  },
  {
    name: 'every policy is to a named role, never to public or anon',
    sql: `select label as finding from (${policies}) p where roles && array['public', 'anon']::name[]`,
    breach: 'create policy breach on public.videos for select using (false)',
  },
  {
    name: 'policies ask for the caller once per statement, not once per row',
    sql: `select label as finding from (${policies}) p
      where regexp_replace(condition, '\\( *select auth\\.\\w+\\(\\)( as \\w+)?\\)', '', 'gi') ~ 'auth\\.\\w+\\(|current_setting\\('`,
    breach: 'alter policy profiles_owner_reads on public.profiles using (id = auth.uid())',
  },
  {
    name: 'no role has a second permissive policy for one command, which would OR the first away',
    sql: `select format('%s.%s: %s %s', schemaname, tablename, role, command) as finding
      from pg_policies p, unnest(p.roles) role,
        unnest(case p.cmd when 'ALL' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] else array[p.cmd] end) command
      where p.schemaname in ${ours} and p.permissive = 'PERMISSIVE'
      group by schemaname, tablename, role, command having count(*) > 1`,
    breach: 'create policy breach on public.videos for all to authenticated using (deleted_at is not null)',
  },
  {
    name: 'no policy lets users write whatever they like',
    sql: `select label as finding from (${policies}) p
      where cmd <> 'SELECT' and roles && array['anon', 'authenticated', 'public']::name[]
        and (coalesce(qual, 'true') = 'true' and cmd <> 'INSERT' or coalesce(with_check, qual, 'true') = 'true')`,
    breach: 'create policy breach on public.videos for insert to authenticated with check (true)',
  },
  {
    name: 'no policy is true because nobody is signed in',
    sql: `select label as finding from (${policies}) p
      where condition ~* '(auth\\.\\w+\\(\\)( as \\w+)?\\)?|current_setting\\([^)]*\\)\\)?) is (null|not distinct)'`,
    breach:
      'alter policy profiles_owner_reads on public.profiles using ((select auth.uid()) is null or id = (select auth.uid()))',
  },
  {
    name: 'no policy trusts what users write into their own metadata',
    sql: `select label as finding from (${policies}) p where condition ~ 'user_meta_?data'`,
    breach: `create policy breach on public.videos for update to authenticated
      using ((select auth.jwt()) -> 'user_metadata' ->> 'role' = 'admin')`,
  },
  {
    name: 'anon and PUBLIC may execute nothing',
    sql: `select label as finding from (${functions}) f, aclexplode(coalesce(proacl, acldefault('f', proowner))) a
      where a.grantee in (0, 'anon'::regrole)`,
    breach: 'create function private.breach() returns integer language sql as $$ select 1 $$',
  },
  {
    name: 'anon and PUBLIC have no right to any table, column or sequence',
    sql: `select c.oid::regclass::text as finding from pg_class c join pg_namespace n on n.oid = c.relnamespace,
        aclexplode(c.relacl) a where n.nspname in ${ours} and a.grantee in (0, 'anon'::regrole)
      union all select attrelid::regclass || '.' || attname from pg_attribute t join pg_class c on c.oid = t.attrelid
        join pg_namespace n on n.oid = c.relnamespace, aclexplode(t.attacl) a
        where n.nspname in ${ours} and a.grantee in (0, 'anon'::regrole)`,
    breach: 'grant select (id) on public.profiles to anon',
  },
  {
    name: 'nobody but the owner has rights to anything in schema private',
    sql: `select 'private' as finding from pg_namespace n, aclexplode(n.nspacl) a
        where n.nspname = 'private' and a.grantee <> n.nspowner
      union all select label from (${functions}) f, aclexplode(f.proacl) a where nspname = 'private' and a.grantee <> proowner
      union all select label from (${tables}) t, aclexplode(t.relacl) a where nspname = 'private' and a.grantee <> relowner`,
    breach: 'grant execute on function private.is_admin() to service_role',
  },
  {
    name: "only the API's login has rights to schema reeldesk, and only users and the back end use schema desk",
    sql: `select format('%s: %s', n.nspname, a.grantee::regrole) as finding from pg_namespace n, aclexplode(n.nspacl) a
        where a.grantee <> n.nspowner and ((n.nspname = 'reeldesk' and a.grantee <> 'reeldesk_api'::regrole)
          or (n.nspname = 'desk' and a.grantee not in ('authenticated'::regrole, 'service_role'::regrole)))
      union all select label from (${functions}) f, aclexplode(f.proacl) a
        where nspname = 'reeldesk' and a.grantee not in (proowner, 'reeldesk_api'::regrole)`,
    breach: 'grant usage on schema reeldesk to authenticated',
  },
  {
    name: 'no caller may create anything in a schema or in the database',
    sql: `select format('%s in %s', r, n.nspname) as finding from pg_namespace n,
        unnest(array['anon', 'authenticated', 'service_role', 'reeldesk_admin', 'reeldesk_analyst', 'reeldesk_api']) r
        where n.nspname !~ '^pg_' and has_schema_privilege(r, n.oid, 'create')
      union all select r || ' in the database' from
        unnest(array['anon', 'authenticated', 'service_role', 'reeldesk_admin', 'reeldesk_analyst', 'reeldesk_api']) r
        where has_database_privilege(r, current_database(), 'create')`,
    breach: 'grant create on schema public to authenticated',
  },
  {
    name: 'no signed-in caller holds more than SELECT on a table',
    sql: `select format('%s: %s to %s', label, a.privilege_type, a.grantee::regrole) as finding
      from (${tables}) t, aclexplode(t.relacl) a
      where nspname <> 'reeldesk' and a.grantee <> relowner and a.privilege_type <> 'SELECT'`,
    breach: 'grant update on public.videos to service_role',
  },
];

const functionRules: CatalogRule[] = [
  {
    name: "every function names its search path, pg_temp last, so that no caller's type or table gets between",
    sql: `select label as finding from (${functions}) f
      where not coalesce('search_path=pg_catalog, pg_temp' = any (proconfig), false)`,
    breach: `create function private.breach() returns integer language sql set search_path = '' as $$ select 1 $$`,
  },
  {
    name: 'no function runs with the rights of a superuser',
    sql: `select label as finding from (${functions}) f join pg_roles r on r.oid = proowner where r.rolsuper`,
    breach: 'reset role; create function private.breach() returns integer language sql as $$ select 1 $$',
  },
  {
    name: 'public and desk have one function of a name, or the Data API could not choose',
    sql: `select format('%s.%s', nspname, proname) as finding from (${functions}) f
      where nspname in ('public', 'desk') group by nspname, proname having count(*) > 1`,
    breach: 'create function public.get_credit_info() returns integer language sql as $$ select 1 $$',
  },
  {
    name: 'every schema, table and function says in a comment what it is for',
    sql: `select label as finding from (${functions}) f where obj_description(oid, 'pg_proc') is null
      union all select label from (${tables}) t where obj_description(oid, 'pg_class') is null
      union all select nspname from pg_namespace n
        where nspname in ${ours} and obj_description(oid, 'pg_namespace') is null`,
    breach: 'comment on table public.videos is null',
  },
  {
    name: "no view reads with its owner's rights",
    sql: `select c.oid::regclass::text as finding from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ${ours} and c.relkind = 'v'
        and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false)`,
    breach: 'create view public.breach as select id from public.videos',
  },
  {
    name: 'no view shows anything of auth.users',
    sql: `select distinct r.ev_class::regclass::text as finding from pg_depend d join pg_rewrite r on r.oid = d.objid
      join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
      where d.classid = 'pg_rewrite'::regclass and d.refobjid = 'auth.users'::regclass and n.nspname in ${ours}`,
    breach: 'create view public.breach with (security_invoker = true) as select email from auth.users',
  },
  {
    name: 'the Data API finds no materialized view and no foreign table, which know no row level security',
    sql: `select c.oid::regclass::text as finding from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ${reachable} and c.relkind in ('m', 'f')`,
    breach: 'create materialized view public.breach as select id from public.videos',
  },
  {
    name: 'no extension lives in a schema of ours',
    sql: `select e.extname as finding from pg_extension e join pg_namespace n on n.oid = e.extnamespace where n.nspname in ${ours}`,
    breach: 'reset role; create extension pg_trgm schema public',
  },
];

const tableRules: CatalogRule[] = [
  {
    name: 'every table has a primary key',
    sql: `select label as finding from (${tables}) t
      where not exists (select from pg_constraint c where c.conrelid = t.oid and c.contype = 'p')`,
    breach: 'create table public.breach (id integer)',
  },
  {
    name: 'every foreign key has an index that begins with its columns',
    sql: `select c.conrelid::regclass || ': ' || c.conname as finding from pg_constraint c
      join pg_namespace n on n.oid = c.connamespace and n.nspname in ${ours}
      where c.contype = 'f' and not exists (
        select from pg_index i where i.indrelid = c.conrelid and i.indisvalid
          and (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey
          -- A partial index serves a foreign key only where it leaves out nothing but NULL.
          and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$'))`,
    breach: 'create table public.breach (id integer primary key, profile_id uuid references public.profiles (id))',
  },
  {
    name: 'no two indexes are the same',
    sql: `select string_agg(i.indexrelid::regclass::text, ' = ') as finding from pg_index i join pg_class c on c.oid = i.indexrelid
      join pg_namespace n on n.oid = c.relnamespace and n.nspname in ${ours}
      group by i.indrelid, regexp_replace(pg_get_indexdef(i.indexrelid), '^.*? ON ', '') having count(*) > 1`,
    breach:
      'create index breach on public.videos (created_at desc, id desc); create index breach_2 on public.videos (created_at desc, id desc)',
  },
  {
    name: 'every index is valid',
    sql: `select i.indexrelid::regclass::text as finding from pg_index i join pg_class c on c.oid = i.indexrelid
      join pg_namespace n on n.oid = c.relnamespace where n.nspname in ${ours} and not (i.indisvalid and i.indisready)`,
    breach: `reset role; update pg_index set indisvalid = false where indexrelid = 'public.profiles_pkey'::regclass`,
  },
  {
    name: 'every constraint has been validated on the rows that were there',
    sql: `select c.conrelid::regclass || ': ' || c.conname as finding from pg_constraint c
      join pg_namespace n on n.oid = c.connamespace where n.nspname in ${ours} and not c.convalidated`,
    breach: 'alter table public.videos add constraint breach check (duration_seconds > 0) not valid',
  },
  {
    name: 'no foreign key leaves for a table of Supabase, whose keys are its own affair',
    sql: `select c.conrelid::regclass || ': ' || c.conname as finding from pg_constraint c
      join pg_namespace n on n.oid = c.connamespace join pg_class r on r.oid = c.confrelid
      where n.nspname in ${ours} and c.contype = 'f' and r.relnamespace::regnamespace::text not in ${ours}`,
    breach: 'create table public.breach (id uuid primary key references auth.users (id))',
  },
  {
    name: 'no column has a type that an upgrade of PostgreSQL refuses',
    sql: `select attrelid::regclass || '.' || attname as finding from pg_attribute a join (${tables}) t on t.oid = a.attrelid
      where a.attnum > 0 and a.atttypid in ('regcollation'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype,
        'regnamespace'::regtype, 'regoper'::regtype, 'regoperator'::regtype, 'regproc'::regtype, 'regprocedure'::regtype)`,
    breach: 'create table public.breach (id regprocedure primary key)',
  },
  {
    name: "what names a secret or a person lies behind row level security, and out of the analysts' reach",
    sql: `select t.label || '.' || a.attname as finding from pg_attribute a join (${tables}) t on t.oid = a.attrelid
      where a.attnum > 0 and a.attname ~ '(e_?mail|phone|password|passwd|secret|token|api_?key|card|iban)'
        and (not t.relrowsecurity or has_column_privilege('reeldesk_analyst', t.oid, a.attnum, 'select'))`,
    breach: 'grant select (email) on public.profiles to reeldesk_analyst',
  },
  {
    name: 'autovacuum is off for no table',
    sql: `select label as finding from (${tables}) t where 'autovacuum_enabled=false' = any (reloptions)`,
    breach: 'alter table public.videos set (autovacuum_enabled = false)',
  },
];

/**
 * The schema's rules. Beside our own they cover those of Supabase's linter that a schema can break; left
 * out are the ones about use (unused indexes, bloat, replication slots) and about a project's settings.
 */
export const rules: CatalogRule[] = [...accessRules, ...functionRules, ...tableRules];
