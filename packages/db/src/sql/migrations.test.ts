import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { splitStatements } from '../sql-statements.ts';
import { applySupabaseShim, setLoginPassword } from '../supabase-shim.ts';
import { startTestCluster, type TestCluster } from '../testing/test-cluster.ts';
import { migrationsDirectory } from '../testing/templates.ts';

/** Ways in which somebody's runner may apply a file: the CLI and editors differ. */
const ways: Record<string, (text: string) => string[]> = {
  'one file, one query': (text) => [text],
  'statement by statement, each committed': (text) => splitStatements(text).map(({ sql }) => sql),
};

// A cluster of its own, as hosted Supabase is before the first migration: none of our roles is there,
// and `postgres` is a member of Supabase's roles but can't give them away.
let cluster: TestCluster;
const databases: pg.Client[] = [];

async function query(database: string, login: string | null, sql: string): Promise<void> {
  const client = await connect(database, login);
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function connect(database: string, login: string | null = 'postgres'): Promise<pg.Client> {
  const url = new URL(cluster.superuserUrl);
  url.username = login ?? url.username;
  url.pathname = database;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return client;
}

beforeAll(async () => {
  cluster = await startTestCluster();
  const url = new URL(cluster.superuserUrl);
  await applySupabaseShim({ url: cluster.superuserUrl });
  await setLoginPassword(cluster.superuserUrl, 'postgres', url.password);
  for (const name of ['first', 'second']) {
    await query('postgres', null, `create database ${name} owner postgres`);
    url.pathname = name;
    await applySupabaseShim({ url: url.href });
  }
  await query('postgres', null, 'drop role reeldesk_api');
});
afterAll(async () => {
  await Promise.all(databases.map((client) => client.end()));
  await cluster.stop();
});

/** What the migrations made, with every right. */
async function describeSchema(client: pg.Client): Promise<unknown> {
  const ours = `('public', 'private', 'desk', 'reeldesk', 'usage')`;
  const { rows } = await client.query(
    `select
      (select jsonb_agg(jsonb_build_array(oid::regprocedure, prosrc, proconfig::text, prosecdef, proacl::text) order by oid::regprocedure::text)
        from pg_proc where pronamespace::regnamespace::text in ${ours}) as functions,
      (select jsonb_agg(jsonb_build_array(oid::regclass, relacl::text, relrowsecurity) order by oid::regclass::text)
        from pg_class where relnamespace::regnamespace::text in ${ours}) as relations,
      (select jsonb_agg(jsonb_build_array(conrelid::regclass, conname, pg_get_constraintdef(oid)) order by conrelid::regclass::text, conname)
        from pg_constraint where connamespace::regnamespace::text in ${ours}) as constraints,
      (select jsonb_agg(to_jsonb(p) order by schemaname, tablename, policyname) from pg_policies p) as policies,
      (select jsonb_agg(jsonb_build_array(defaclnamespace::regnamespace, defaclobjtype, defaclacl::text) order by 1) from pg_default_acl) as defaults`,
  );
  return rows[0];
}

describe('an unknown runner, as a role that is no superuser, applies', () => {
  test.each(Object.keys(ways))('every file, %s', async (way) => {
    const client = await connect(databases.length === 0 ? 'first' : 'second');
    databases.push(client);
    const files = (await readdir(migrationsDirectory)).filter((name) => name.endsWith('.sql')).toSorted();
    for (const name of files) {
      for (const sql of ways[way]!(await readFile(join(migrationsDirectory, name), 'utf8'))) {
        await client.query(sql).catch((error: unknown) => {
          throw new Error(`${name}: ${sql.slice(0, 200)}`, { cause: error });
        });
      }
    }
    const { rows } = await client.query(`select (select count(*) from credit_prices)::int as prices, current_user as me,
      (select rolsuper from pg_roles where rolname = current_user) as mighty`);
    expect(rows).toEqual([{ prices: 9, me: 'postgres', mighty: false }]);
  });

  test('and comes to the same schema either way', async () => {
    const [first, second] = await Promise.all(databases.map(describeSchema));
    expect(JSON.stringify(first).length).toBeGreaterThan(10_000);
    expect(second).toEqual(first);
  });

  test('so that the example works at once, for a user who signs up', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    for (const client of databases) {
      await client.query(`insert into auth.users (id, email) values ('${id}', 'new@reeldesk.example')`);
      await client.query(`select adjust_credits('${id}', 100, 'purchase')`);
      await client.query('begin; set local role authenticated');
      await client.query(`select set_config('request.jwt.claims', '{"sub": "${id}"}', true)`);
      const { rows } = await client.query(
        `select create_video_generation('${id}', 'A beautiful sunset', 'text_to_video', null, 5, '1920x1080', 'high') ->> 'credits_remaining' as left`,
      );
      expect(rows).toEqual([{ left: '85' }]);
      await client.query('commit');
    }
  });

  test("and an administrator can still give the API's login its roles", async () => {
    await query('first', null, 'grant anon, authenticated, service_role to reeldesk_api with inherit false');
    const { rows } = await databases[0]!.query(
      `select r from unnest(array['anon', 'authenticated', 'service_role', 'reeldesk_admin', 'reeldesk_analyst']) r
      where not pg_has_role('reeldesk_api', r, 'set') or pg_has_role('reeldesk_api', r, 'usage')`,
    );
    expect(rows).toEqual([]);
  });
});
