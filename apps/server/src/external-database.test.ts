import { randomUUID } from 'node:crypto';
import { clusterUrl } from '@reeldesk/db/testing/templates';
import { createTestDatabase } from '@reeldesk/db/testing/test-database';
import pg from 'pg';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { readConfig } from './env.ts';
import { prepareExternalDatabase } from './external-database.ts';
import { grantAdmin } from './grant-admin.ts';
import { startServer } from './server.ts';

const silent = pino({ level: 'silent' });
const secretKey = 'sb_secret_0000000000000000000000_00000000';

async function query<T extends object>(url: string, sql: string, params: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T & pg.QueryResultRow>(sql, params)).rows;
  } finally {
    await client.end();
  }
}

async function makeDatabase(): Promise<string> {
  const name = `external_${randomUUID().replaceAll('-', '')}`;
  await query(clusterUrl(null, 'postgres'), `create database ${name}`);
  return name;
}

const prepare = (url: string, directUrl = url) =>
  prepareExternalDatabase({ url, directUrl, demoData: null, demoSeed: undefined, onProgress: () => undefined });

async function generate(env: Record<string, string>, userId: string): Promise<unknown> {
  const config = readConfig({ PORT: '0', SUPABASE_URL: 'http://127.0.0.1:9', SUPABASE_SECRET_KEY: secretKey, ...env });
  const server = await startServer(config, silent, () => undefined);
  try {
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const response = await fetch(`${server.url}/trpc/videos.createVideoGeneration`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        userId,
        prompt: 'A beautiful sunset',
        videoType: 'text_to_video',
        durationSeconds: 5,
        resolution: '1920x1080',
        quality: 'high',
      }),
    });
    return await response.json();
  } finally {
    await server.stop();
  }
}

describe('a given database', () => {
  test('that is a plain PostgreSQL is made ready by a superuser, and works with that login and with reeldesk_api', async () => {
    const name = await makeDatabase();
    const superuserUrl = clusterUrl(null, name);
    const advice = await prepare(superuserUrl);
    expect(advice).toEqual([expect.stringMatching(/^The server logs in as supabase_admin, .*reeldesk_api/)]);
    expect(advice.join()).not.toContain(new URL(superuserUrl).password);
    const userId = randomUUID();
    await query(superuserUrl, 'insert into auth.users (id, email) values ($1, $2)', [userId, 'a@reeldesk.example']);
    await query(superuserUrl, `select public.adjust_credits($1, 100, 'purchase')`, [userId]);
    const answer = (creditsRemaining: number) => ({ result: { data: { creditsUsed: 15, creditsRemaining } } });
    expect(await generate({ DATABASE_URL: superuserUrl }, userId)).toMatchObject(answer(85));
    const apiUrl = clusterUrl('reeldesk_api', name);
    expect(await prepare(apiUrl, superuserUrl)).toEqual([]);
    expect(await generate({ DATABASE_URL: apiUrl }, userId)).toMatchObject(answer(70));
    expect(
      await query(superuserUrl, `select distinct actor_role from public.audit_log where action like '%video%'`),
    ).toEqual(expect.not.arrayContaining([{ actor_role: 'owner' }]));
    expect(await query(superuserUrl, 'select from public.profiles')).toHaveLength(1);
  });

  test('as on Supabase, where the owner is no superuser, is migrated by its owner and works with that login', async () => {
    const database = await createTestDatabase('shimmed');
    const advice = await prepare(database.ownerUrl);
    expect(advice).toEqual([expect.stringMatching(/^The server logs in as postgres, /)]);
    const { id } = await database.createAccount({ credits: 100 });
    expect(await generate({ DATABASE_URL: database.ownerUrl, NAMED_STATEMENTS: 'off' }, id)).toMatchObject({
      result: { data: { creditsUsed: 15, creditsRemaining: 85 } },
    });
    // Behind: what a server finds that is newer than its database, and may not change it.
    await database.asOwner.query('delete from supabase_migrations.schema_migrations where version > $1', ['20251012']);
    await expect(prepare(database.apiUrl)).rejects.toThrow(
      /has not the schema of this version, and its login reeldesk_api/,
    );
    await database.drop();
  });

  test('without a schema, and a login that may not make it, says what to do', async () => {
    const name = await makeDatabase();
    const url = clusterUrl('reeldesk_api', name);
    await expect(prepare(url)).rejects.toThrow(
      /has no schema auth, and its login reeldesk_api may not .* Set DIRECT_URL to a superuser/,
    );
    await query(clusterUrl(null, name), 'create schema auth create table users (id uuid)');
    await query(clusterUrl(null, name), 'grant usage on schema auth to public');
    await expect(prepare(url)).rejects.toThrow(
      /has not the schema of this version, .* Set DIRECT_URL to the schema's owner/,
    );
  });

  test('that does not answer is named without its password', async () => {
    const failed = prepare('postgres://reeldesk_api:top-secret-word@127.0.0.1:9/app');
    await expect(failed).rejects.toThrow(/postgres:\/\/reeldesk_api:\*\*\*@127.0.0.1:9\/app does not answer/);
    await expect(failed).rejects.not.toThrow(/top-secret-word/);
  });

  test('gets its first admin by a command', async () => {
    const name = await makeDatabase();
    const url = clusterUrl(null, name);
    await prepare(url);
    const config = readConfig({ DATABASE_URL: url });
    await expect(grantAdmin(config, 'first@reeldesk.example')).rejects.toThrow(/has signed up\. Sign up/);
    await query(url, `insert into auth.users (id, email) values (gen_random_uuid(), 'First@reeldesk.example')`);
    await grantAdmin(config, 'first@reeldesk.example');
    expect(await query(url, 'select role from public.staff_members')).toEqual([{ role: 'admin' }]);
  });
});
