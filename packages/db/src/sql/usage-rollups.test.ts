import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { backend } from '../testing/fixtures.ts';
import { postToLedger } from '../testing/ledger.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { creditUsage } from '../usage/credit-usage.ts';
import { rebuildUsage, rollUpUsage, usageLag } from '../usage/roll-up.ts';

const database = await createTestDatabase();
afterAll(database.drop);

const range = { from: '2026-01-01', to: '2026-01-31', timeZone: 'UTC', unit: 'day' as const };

async function creditsUsed({ db }: TestDatabase): Promise<number> {
  return (await creditUsage(db, backend, range)).totals.creditsUsed;
}

/**
 * Rolls up until nothing is left, and answers in how many batches. Transactions of other test files hold the
 * watermark back while they are open, so once need not be enough.
 */
async function rollUpAll({ db }: TestDatabase, limit?: number): Promise<number> {
  for (let batches = 0; ;) {
    const { rows } = await rollUpUsage(db, backend, limit === undefined ? {} : { limit });
    batches += rows === 0 ? 0 : 1;
    if ((await usageLag(db, backend)).rows === 0) {
      return batches;
    }
  }
}

/** A reader who keeps the snapshot of his first look, and what he sees of credits used: totals and live rows. */
async function openReader(): Promise<{ look: () => Promise<number>; end: () => Promise<void> }> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query('begin isolation level repeatable read');
  return {
    look: async () => {
      const { rows } = await client.query<{ used: number }>(
        `select (coalesce(sum(t.credits_out), 0) + (
          select coalesce(-sum(l.amount) filter (where l.type = 'charge'), 0) from usage.live_entries() l
        ))::integer as used
        from usage.series s cross join lateral (
          select credits_out from usage.totals t where t.series_id = s.id order by quarter desc limit 1
        ) t where s.kind = 'usage' and s.dimensions = 0`,
      );
      return rows[0]!.used;
    },
    end: () => client.end(),
  };
}

/** All totals, series by name, in one order: two of these are equal or the rollups are not. */
async function totals({ asOwner }: TestDatabase): Promise<string[]> {
  const rows = await asOwner.query<{ line: string }>(
    `select jsonb_build_array(s.kind, s.dimensions, s.video_type, s.resolution, s.quality, s.reason,
      to_jsonb(t) - 'series_id')::text as line
    from usage.totals t join usage.series s on s.id = t.series_id order by 1`,
  );
  return rows.map(({ line }) => line);
}

test('a slow transaction is never skipped, and no moment counts a row twice or not at all', async () => {
  const [a, b] = [await database.createAccount(), await database.createAccount()];
  const charge = (amount: number) => ({ at: '2026-01-10T12:00:00Z', type: 'charge' as const, amount: -amount });
  for (const account of [a, b]) {
    await postToLedger(database.asOwner, account.id, { at: '2026-01-01T00:00:00Z', type: 'adjustment', amount: 100 });
  }
  await rollUpAll(database);

  const slow = await database.asOwner.begin();
  await postToLedger(slow, a.id, charge(1));
  const readerBefore = await openReader();
  expect(await readerBefore.look()).toBe(0);
  await postToLedger(database.asOwner, b.id, charge(10));
  expect(await creditsUsed(database)).toBe(10);

  expect(await rollUpUsage(database.db, backend)).toMatchObject({ isLeader: true, hasMore: false });
  expect(await creditsUsed(database)).toBe(10);
  await postToLedger(database.asOwner, b.id, charge(20));
  expect(await creditsUsed(database)).toBe(30);
  const readerBetween = await openReader();
  expect(await readerBetween.look()).toBe(30);

  await slow.commit();
  expect(await creditsUsed(database)).toBe(31);
  expect(await usageLag(database.db, backend)).toMatchObject({ rows: 3 });
  await rollUpAll(database);
  expect(await creditsUsed(database)).toBe(31);

  // Whoever looked before goes on seeing what he saw, rollups and rows alike.
  expect(await readerBefore.look()).toBe(0);
  expect(await readerBetween.look()).toBe(30);
  await readerBefore.end();
  await readerBetween.end();
  expect(await rebuildUsage(database.db, backend)).toMatchObject({ isSame: true });
});

test('a transaction that is rolled back leaves nothing', async () => {
  const account = await database.createAccount();
  const before = await creditsUsed(database);
  const open = await database.asOwner.begin();
  await postToLedger(open, account.id, { at: '2026-01-11T12:00:00Z', type: 'adjustment', amount: 50 });
  await postToLedger(open, account.id, { at: '2026-01-11T12:00:00Z', type: 'charge', amount: -50 });
  await rollUpUsage(database.db, backend);
  await open.rollback();
  await rollUpUsage(database.db, backend);
  expect(await creditsUsed(database)).toBe(before);
});

test('a row of a savepoint is counted with its transaction', async () => {
  const account = await database.createAccount();
  const before = await creditsUsed(database);
  const open = await database.asOwner.begin();
  await open.query('savepoint s');
  await postToLedger(open, account.id, { at: '2026-01-11T12:00:00Z', type: 'adjustment', amount: 50 });
  await postToLedger(open, account.id, { at: '2026-01-11T12:00:00Z', type: 'charge', amount: -7 });
  await open.query('release savepoint s');
  await database.createAccount({ credits: 5 });
  await rollUpUsage(database.db, backend);
  await open.commit();
  expect(await creditsUsed(database)).toBe(before + 7);
  await rollUpUsage(database.db, backend);
  expect(await creditsUsed(database)).toBe(before + 7);
});

test('one of several servers rolls up, the others say so', async () => {
  const holder = await database.asOwner.begin();
  await holder.query('select pg_advisory_xact_lock(usage.lock_key())');
  expect(await rollUpUsage(database.db, backend)).toEqual({ isLeader: false, rows: 0, hasMore: false });
  await holder.rollback();
  expect(await rollUpUsage(database.db, backend)).toMatchObject({ isLeader: true });
});

test('small batches and a rebuild make the same totals, byte for byte', async () => {
  const account = await database.createAccount();
  await postToLedger(database.asOwner, account.id, { at: '2026-01-01T00:00:00Z', type: 'adjustment', amount: 1000 });
  for (let n = 0; n < 30; n++) {
    await postToLedger(database.asOwner, account.id, {
      at: new Date(Date.UTC(2026, 0, 2 + (n % 9), n)).toISOString(),
      type: 'charge',
      amount: -1 - n,
      videoType: n % 3 ? 'text_to_video' : 'image_to_video',
      resolution: n % 5 ? '1280x720' : null,
    });
  }
  expect(await rollUpAll(database, 4)).toBeGreaterThan(5);
  const rolled = await totals(database);
  expect(await rebuildUsage(database.db, backend)).toMatchObject({ isSame: true });
  expect(await totals(database)).toEqual(rolled);
  expect(rolled.length).toBeGreaterThan(60);
});

test('totals that were tampered with are found out and made right', async () => {
  await database.asOwner.query(`update usage.totals set credits_out = credits_out + 1
    where (series_id, quarter) = (select series_id, quarter from usage.totals limit 1)`);
  expect(await rebuildUsage(database.db, backend)).toMatchObject({ isSame: false });
  expect(await rebuildUsage(database.db, backend)).toMatchObject({ isSame: true });
});

describe('totals of another cluster, as a restored dump brings them,', () => {
  test('count for nothing until they are rebuilt, and no later row is lost', async () => {
    const restored = await createTestDatabase();
    try {
      const [account, slow] = [await restored.createAccount(), await restored.createAccount()];
      await postToLedger(restored.asOwner, slow.id, { at: '2026-01-01T00:00:00Z', type: 'adjustment', amount: 500 });
      const post = (amount: number) =>
        postToLedger(restored.asOwner, account.id, { at: '2026-01-05T00:00:00Z', type: 'charge', amount: -amount });
      await postToLedger(restored.asOwner, account.id, { at: '2026-01-01T00:00:00Z', type: 'adjustment', amount: 500 });
      await post(1);
      await rollUpUsage(restored.db, backend);
      // As another cluster would see it: its numbers are a million further on.
      await restored.asOwner.query(
        `alter table credit_transactions alter column xid set default usage.next_xid(pg_current_xact_id(), 1000000)`,
      );
      await post(2);
      await restored.asOwner.query(`alter table credit_transactions alter column xid set default pg_current_xact_id()`);
      await restored.asOwner.query(
        `update usage.watermark set system_identifier = 1, xid = (select max(xid) from credit_transactions)`,
      );
      await restored.asOwner.query(`update usage.totals set credits_out = credits_out + 1000`);
      await post(4);
      expect(await creditsUsed(restored)).toBe(7);

      const open = await restored.asOwner.begin();
      await open.query('select pg_current_xact_id()');
      await rollUpUsage(restored.db, backend);
      expect(await creditsUsed(restored)).toBe(7);
      await postToLedger(open, slow.id, { at: '2026-01-05T00:00:00Z', type: 'charge', amount: -8 });
      await post(16);
      await rollUpUsage(restored.db, backend);
      expect(await creditsUsed(restored)).toBe(23);
      await open.commit();
      expect(await creditsUsed(restored)).toBe(31);
      await rollUpAll(restored);
      expect(await creditsUsed(restored)).toBe(31);
      expect(await rebuildUsage(restored.db, backend)).toMatchObject({ isSame: true });
    } finally {
      await restored.drop();
    }
  });
});

describe('who may', () => {
  test('only the back end rolls up and rebuilds', async () => {
    const admin = await database.createAccount({ role: 'admin' });
    for (const actor of [admin.actor, { kind: 'anon' as const }]) {
      await expect(rollUpUsage(database.db, actor)).rejects.toMatchObject({
        status: actor.kind === 'anon' ? 401 : 403,
      });
      await expect(rebuildUsage(database.db, actor)).rejects.toMatchObject({
        status: actor.kind === 'anon' ? 401 : 403,
      });
    }
  });

  test.each(['usage.totals', 'usage.series', 'usage.watermark'])('nobody but staff reads %s', async (table) => {
    const user = await database.createAccount();
    for (const caller of [database.asUser(user.id), database.asAnon]) {
      await expect(caller.query(`select from ${table}`)).rejects.toMatchObject({ code: '42501' });
    }
    await expect(database.asBackend.query(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
  });

  test('the end of a video is recorded once, whoever brings it about', async () => {
    const id = randomUUID();
    const { id: userId } = await database.createAccount({ credits: 100 });
    await database.asOwner.query(
      `insert into videos (id, user_id, prompt, video_type, resolution, quality, status) values ($1, $2, 'p', 'text_to_video', 'r', 'q', 'pending')`,
      [id, userId],
    );
    await database.asBackend.query(`select start_video_generation($1)`, [id]);
    await database.asBackend.query(`select fail_video_generation($1, 'timed out')`, [id]);
    await database.asOwner.query(`update videos set updated_at = now(), status = status where id = $1`, [id]);
    const ends = `select status from usage.video_ends where video_id = $1`;
    expect(await database.asOwner.query(ends, [id])).toEqual([{ status: 'failed' }]);
    expect(await database.asUser(userId).query(ends, [id])).toEqual([{ status: 'failed' }]);
    expect(await database.asUser(randomUUID()).query(ends, [id])).toEqual([]);
    await expect(database.asUser(userId).query(`delete from usage.video_ends`)).rejects.toMatchObject({
      code: '42501',
    });
  });
});
