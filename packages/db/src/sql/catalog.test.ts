import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../testing/test-database.ts';
import { rules } from './catalog-rules.ts';

const database = await createTestDatabase();
const superuser = new pg.Client({ connectionString: database.superuserUrl });
await superuser.connect();
afterAll(async () => {
  await superuser.end();
  await database.drop();
});

async function findings(sql: string): Promise<string[]> {
  const { rows } = await superuser.query<{ finding: string }>(sql);
  return rows.map(({ finding }) => finding);
}

describe.each(rules)('$name', ({ sql, breach }) => {
  test('holds for the whole schema', async () => {
    expect(await findings(sql)).toEqual([]);
  });

  test('would be noticed if it were broken', async () => {
    await superuser.query('begin');
    try {
      await superuser.query('set local role postgres');
      await superuser.query(breach);
      await superuser.query('reset role');
      expect(await findings(sql)).not.toEqual([]);
    } finally {
      await superuser.query('rollback');
    }
  });
});

describe('signed-in users may call', () => {
  const callable = (securityDefiner: boolean) =>
    findings(
      `select n.nspname || '.' || p.proname as finding from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('public', 'private', 'desk', 'reeldesk', 'usage') and p.prosecdef = ${securityDefiner}
        and has_function_privilege('authenticated', p.oid, 'execute') order by 1`,
    );

  test("of the functions with the owner's rights just those of the contract, and the desk's, which no Data API exposes", async () => {
    expect(await callable(true)).toEqual([
      'desk.create_api_key',
      'desk.grant_staff_role',
      'desk.list_api_keys',
      'desk.refund_charge_as_counted',
      'desk.revoke_api_key',
      'desk.revoke_staff_role',
      'desk.set_credit_price',
      'public.adjust_credits',
      'public.balance_at',
      'public.create_video_generation',
      'public.credit_statement',
      'public.get_credit_info',
      'public.list_deleted_videos',
      'public.refund_video_credits',
      'public.restore_video',
      'public.soft_delete_video',
    ]);
  });

  test('with their own rights the deprecated wrapper, and what works out dates', async () => {
    expect(await callable(false)).toEqual([
      'public.create_video_request',
      'usage.bucket_spans',
      'usage.buckets',
      'usage.local_starts',
    ]);
  });
});

test('the back end may call the same of public, and what moves a video', async () => {
  const more = await findings(
    `select p.proname as finding from pg_proc p where p.pronamespace = 'public'::regnamespace
      and has_function_privilege('service_role', p.oid, 'execute')
      and not has_function_privilege('authenticated', p.oid, 'execute') order by 1`,
  );
  expect(more).toEqual([
    'complete_video_generation',
    'fail_video_generation',
    'purge_deleted_videos',
    'start_video_generation',
  ]);
});

test('what the owner makes in public later starts without rights for anybody named', async () => {
  await superuser.query('begin');
  try {
    await superuser.query('set local role postgres');
    await superuser.query('create table public.later (id integer generated always as identity primary key)');
    await superuser.query('create function public.later() returns integer language sql as $$ select 1 $$');
    const { rows } = await superuser.query(
      `select relacl::text as acl from pg_class where relname in ('later', 'later_id_seq')
      union all select proacl::text from pg_proc where proname = 'later'`,
    );
    expect(rows.map(({ acl }) => String(acl)).join()).not.toMatch(/anon|authenticated|service_role/);
  } finally {
    await superuser.query('rollback');
  }
});
