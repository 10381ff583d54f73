import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { applySupabaseShim, setLoginPassword } from './supabase-shim.ts';
import { clusterUrl } from './testing/templates.ts';
import { createTestDatabase } from './testing/test-database.ts';

const database = await createTestDatabase('shimmed');
afterAll(database.drop);
const superuser = new pg.Client({ connectionString: database.superuserUrl });
await superuser.connect();
afterAll(() => superuser.end());

async function rows(sql: string, params: unknown[] = []): Promise<pg.QueryResultRow[]> {
  return (await superuser.query(sql, params)).rows;
}

test('the roles may what they may on hosted Supabase, and no more', async () => {
  expect(
    await rows(
      `select rolname as role, concat_ws(' ', case when rolsuper then 'superuser' end, case when rolcanlogin then 'login' end,
        case when rolinherit then 'inherit' end, case when rolcreaterole then 'createrole' end,
        case when rolcreatedb then 'createdb' end, case when rolbypassrls then 'bypassrls' end,
        case when rolreplication then 'replication' end) as attributes
      from pg_roles where rolname in ('anon', 'authenticated', 'service_role', 'authenticator', 'postgres', 'reeldesk_api')
      order by rolname`,
    ),
  ).toEqual([
    { role: 'anon', attributes: '' },
    { role: 'authenticated', attributes: '' },
    { role: 'authenticator', attributes: 'login' },
    { role: 'postgres', attributes: 'login inherit createrole createdb bypassrls' },
    { role: 'reeldesk_api', attributes: 'login' },
    { role: 'service_role', attributes: 'bypassrls' },
  ]);
  expect(
    await rows(
      `select distinct admin_option as admin from pg_auth_members
      where roleid in ('anon'::regrole, 'authenticated'::regrole, 'service_role'::regrole)`,
    ),
  ).toEqual([{ admin: false }]);
  await expect(database.asOwner.query('grant service_role to anon')).rejects.toThrow(/permission denied/);
});

test('the owner may use auth.users for triggers and references, not change it', async () => {
  expect(
    await database.asOwner.query(`select privilege_type as may from information_schema.role_table_grants
    where table_schema = 'auth' and table_name = 'users' and grantee = 'postgres' order by 1`),
  ).toEqual(['DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'TRIGGER', 'UPDATE'].map((may) => ({ may })));
  await expect(database.asOwner.query('alter table auth.users add column x int')).rejects.toThrow(/must be owner/);
  for (const caller of [database.asAnon, database.asBackend, database.asUser('00000000-0000-4000-8000-000000000001')]) {
    await expect(caller.query('select * from auth.users')).rejects.toThrow(/permission denied/);
  }
});

test("what the owner makes in public starts with all rights for the callers' roles, as on hosted Supabase", async () => {
  await database.asOwner.query('create table open (id int generated always as identity)');
  await database.asOwner.query('create function opened() returns int language sql as $$ select 1 $$');
  for (const role of ['anon', 'authenticated', 'service_role']) {
    expect(
      await rows(
        `select has_table_privilege($1, 'open', 'select, insert, update, delete, truncate, references, trigger') as "table",
          has_sequence_privilege($1, 'open_id_seq', 'usage, select, update') as sequence,
          has_function_privilege($1, 'opened()', 'execute') as function`,
        [role],
      ),
    ).toEqual([{ table: true, sequence: true, function: true }]);
  }
});

describe('claims', () => {
  const id = '00000000-0000-4000-8000-000000000001';
  const claims = JSON.stringify({ sub: id, role: 'authenticated', email: 'ada@reeldesk.example' });
  const read = 'select auth.uid() as uid, auth.role() as role, auth.email() as email';

  test('are read from the settings that hold them one by one, and from those that hold them as JSON', async () => {
    await superuser.query('begin');
    expect(await rows(`${read}, auth.jwt() as jwt`)).toEqual([{ uid: null, role: null, email: null, jwt: null }]);
    await superuser.query(`select set_config('request.jwt.claims', $1, true)`, [claims]);
    const person = { uid: id, role: 'authenticated', email: 'ada@reeldesk.example' };
    expect(await rows(`${read}, auth.jwt() as jwt`)).toEqual([{ ...person, jwt: JSON.parse(claims) }]);
    await superuser.query('rollback');

    await superuser.query('begin');
    await superuser.query(
      `select set_config('request.jwt.claim.sub', $1, true), set_config('request.jwt.claim.role', 'authenticated', true),
        set_config('request.jwt.claim.email', 'ada@reeldesk.example', true)`,
      [id],
    );
    expect(await rows(read)).toEqual([person]);
    await superuser.query('rollback');
  });
});

describe('applied again', () => {
  const callerRoles = `'anon'::regrole, 'authenticated'::regrole, 'service_role'::regrole`;
  const state = `
    select 'role' as kind, rolname::text as name, to_jsonb(r)::text as state from pg_roles r where rolname in ('postgres', 'authenticator', 'reeldesk_api') or oid in (${callerRoles})
    union all select 'member', m.member::regrole::text, to_jsonb(m)::text from pg_auth_members m where m.roleid in (${callerRoles})
    union all select 'relation', oid::regclass::text, relowner || coalesce(relacl::text, '') from pg_class
    union all select 'function', oid::regprocedure::text, proowner || coalesce(proacl::text, '') || prosrc from pg_proc
    union all select 'database', datname::text, datdba || coalesce(datacl::text, '') from pg_database where datname = current_database()
    union all select 'default', defaclobjtype::text, defaclrole || defaclacl::text from pg_default_acl
    union all select 'schema', nspname::text, nspowner || coalesce(nspacl::text, '') from pg_namespace
    order by 1, 2, 3`;

  test('it changes nothing', async () => {
    const before = await rows(state);
    await applySupabaseShim({ url: database.superuserUrl });
    expect(await rows(state)).toEqual(before);
  });

  test('it leaves functions and tables of auth alone that another has made', async () => {
    const other = await createTestDatabase('shimmed');
    const client = new pg.Client({ connectionString: other.superuserUrl });
    await client.connect();
    await client.query(`
      drop schema auth cascade;
      create schema auth;
      create table auth.users (id uuid primary key, email text unique, encrypted_password text);
      create table auth.sessions (id uuid primary key);
      create function auth.uid() returns uuid language sql stable as $$ select '00000000-0000-4000-8000-00000000000f'::uuid $$`);
    await applySupabaseShim({ url: other.superuserUrl });
    await client.end();

    expect(await other.asAnon.query('select auth.uid() as uid, auth.role() as role')).toEqual([
      { uid: '00000000-0000-4000-8000-00000000000f', role: 'anon' },
    ]);
    expect(
      await other.asOwner.query(
        `select count(*)::int as columns from information_schema.columns where table_schema = 'auth' and table_name = 'users'`,
      ),
    ).toEqual([{ columns: 3 }]);
    await other.asOwner.query('select from auth.sessions');
    await other.drop();
  });

  test('and at once in several databases of a cluster it succeeds', async () => {
    const others = await Promise.all(Array.from({ length: 3 }, () => createTestDatabase('shimmed')));
    const urls = [database, ...others, ...others].map(({ superuserUrl }) => superuserUrl);
    await Promise.all(urls.map((url) => applySupabaseShim({ url })));
    await Promise.all(others.map((other) => other.drop()));
  });
});

test('no role has a password before one is set', async () => {
  const sql = await readFile(new URL('../../../supabase/shim.sql', import.meta.url), 'utf8');
  expect(sql).not.toMatch(/\bpassword\s+'/i);
  const password = `it's "a" \\ password`;
  await superuser.query(`create role login_without_password login`);
  const url = new URL(clusterUrl('login_without_password', database.name));
  const connect = async (given: string) => {
    url.password = encodeURIComponent(given);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.end();
  };
  await expect(connect(password)).rejects.toThrow(/password authentication failed/);
  await setLoginPassword(database.superuserUrl, 'login_without_password' as 'postgres', password);
  await connect(password);
  await superuser.query('drop role login_without_password');
});
