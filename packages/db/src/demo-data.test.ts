import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedDemoData, DemoDataRefusedError } from './demo-data.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

const now = new Date('2026-03-04T15:16:17Z');
const databases: TestDatabase[] = [];
afterAll(() => Promise.all(databases.map((database) => database.drop())));

async function create(template?: 'demo'): Promise<TestDatabase> {
  const database = await createTestDatabase(template);
  databases.push(database);
  return database;
}

async function one<T extends object>(database: TestDatabase, sql: string): Promise<T> {
  const [row] = await database.asOwner.query<T>(sql);
  return row!;
}

/** Each table as one number, for all its rows and columns but the number of the transaction that wrote them. */
async function fingerprint(database: TestDatabase): Promise<object> {
  const tables = ['profiles', 'videos', 'credit_transactions', 'audit_log', 'staff_members'];
  const columns = tables.map(
    (table) => `(select md5(string_agg(row, ',' order by row collate "C"))
      from (select (to_jsonb(t) - 'xid')::text as row from public.${table} t)) as ${table}`,
  );
  return one(database, `select ${columns.join(', ')}`);
}

describe('demo data', () => {
  let demo: TestDatabase;
  beforeAll(async () => {
    demo = await create('demo');
  });

  test('keeps every promise of the ledger', async () => {
    expect(await demo.asOwner.query('select * from private.ledger_problems()')).toEqual([]);
    expect(
      await one(
        demo,
        `select count(*)::int as count from videos v where not exists (
        select from credit_transactions t where t.video_id = v.id and t.type = 'charge' and t.amount = -v.credits_used)`,
      ),
    ).toEqual({ count: 0 });
    expect(await one(demo, `select count(*)::int as count from profiles where credits < 0`)).toEqual({ count: 0 });
  });

  test('has some 200 accounts and 90 days of both types, several resolutions and qualities', async () => {
    const found = await one<Record<string, number>>(
      demo,
      `select (select count(*)::int from profiles) as accounts, count(*)::int as videos,
        count(distinct video_type)::int as types, count(distinct resolution)::int as resolutions,
        count(distinct quality)::int as qualities, count(distinct created_at::date)::int as days,
        count(*) filter (where status = 'failed')::int as failed, count(*) filter (where status = 'pending')::int as pending,
        count(*) filter (where status = 'processing')::int as processing, count(*) filter (where deleted_at is not null)::int as deleted,
        (select count(*)::int from credit_transactions where type = 'refund') as refunds,
        (select count(*)::int from audit_log where action = 'restore_video') as restored
      from videos`,
    );
    expect(found['accounts']).toBeGreaterThanOrEqual(200);
    expect(found['accounts']).toBeLessThan(210);
    expect(found).toMatchObject({ types: 2, resolutions: 3, qualities: 3 });
    expect(found['days']).toBeGreaterThanOrEqual(90);
    for (const kind of ['failed', 'pending', 'processing', 'deleted', 'refunds', 'restored']) {
      expect(found[kind], kind).toBeGreaterThan(5);
    }
  });

  test('leaves the desk something to do: failed videos whose charge was not given back', async () => {
    const { open } = await one<{ open: number }>(
      demo,
      `select count(*)::int as open from videos v where status = 'failed'
        and not exists (select from credit_transactions t where t.video_id = v.id and t.type = 'refund')`,
    );
    expect(open).toBeGreaterThan(5);
  });

  test('has no row from the future, and each refund and adjustment an audit row', async () => {
    expect(
      await one(
        demo,
        `select (select count(*)::int from videos where greatest(created_at, updated_at, finished_at, deleted_at) > now()) as videos,
          (select count(*)::int from credit_transactions where created_at > now()) as entries,
          (select count(*)::int from audit_log where created_at > now()) as log,
          (select count(*)::int from credit_transactions t where type in ('refund', 'adjustment')
            and not exists (select from audit_log a where a.transaction_id = t.id)) as unaudited`,
      ),
    ).toEqual({ videos: 0, entries: 0, log: 0, unaudited: 0 });
  });

  test('lets nobody sign in and leaves nobody a role', async () => {
    expect(await one(demo, 'select count(encrypted_password)::int as passwords from auth.users')).toEqual({
      passwords: 0,
    });
    expect(await one(demo, 'select count(*)::int as staff from staff_members')).toEqual({ staff: 0 });
  });

  test('is refused a second time, and changes nothing', async () => {
    const before = await fingerprint(demo);
    const again = seedDemoData({ url: demo.ownerUrl, seed: 7, besideOtherAccounts: true });
    await expect(again).rejects.toThrow(DemoDataRefusedError);
    await expect(again).rejects.toThrow(/has demo data already/);
    expect(await fingerprint(demo)).toEqual(before);
  });
});

test('the same seed makes the same rows, another one others, and the counts are told', async () => {
  const [first, other, different] = await Promise.all([create(), create(), create()]);
  const progress: string[] = [];
  const counts = await seedDemoData({
    url: first.ownerUrl,
    seed: 42,
    now,
    onProgress: (message) => progress.push(message),
  });
  expect(await seedDemoData({ url: other.ownerUrl, seed: 42, now })).toEqual(counts);
  expect(await fingerprint(other)).toEqual(await fingerprint(first));
  expect(progress.length).toBeGreaterThan(2);
  expect(
    await one(
      first,
      `select (select count(*)::int from profiles) as accounts, (select count(*)::int from videos) as videos,
        (select count(*)::int from credit_transactions) as "ledgerEntries"`,
    ),
  ).toEqual(counts);

  await different.createAccount({ role: 'admin' });
  await seedDemoData({ url: different.ownerUrl, seed: 43, now });
  expect(await fingerprint(different)).not.toEqual(await fingerprint(first));
  expect(await different.asOwner.query('select * from private.ledger_problems()')).toEqual([]);
});

test('beside accounts of its own a database gets none, unless asked for; staff are no such accounts', async () => {
  const database = await create();
  await database.createAccount({ role: 'admin' });
  const customer = await database.createAccount({ credits: 5 });
  const before = await fingerprint(database);
  await expect(seedDemoData({ url: database.ownerUrl, now })).rejects.toThrow(DemoDataRefusedError);
  expect(await fingerprint(database)).toEqual(before);

  await seedDemoData({ url: database.ownerUrl, now, besideOtherAccounts: true });
  expect(await one(database, `select credits from profiles where id = '${customer.id}'`)).toEqual({ credits: 5 });
});

test('a seed that is no whole number is refused', async () => {
  await expect(seedDemoData({ url: 'postgres://nobody@127.0.0.1:1/none', seed: 1.5 })).rejects.toThrow(RangeError);
});
