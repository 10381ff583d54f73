import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { backend } from '../testing/fixtures.ts';
import { postToLedger } from '../testing/ledger.ts';
import { createTestDatabase } from '../testing/test-database.ts';
import { accountActivity, topAccounts } from './accounts.ts';
import { rebuildUsage, rollUpUsage, usageLag } from './roll-up.ts';
import type { UsageUnit } from './shapes.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);

const zones = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Havana', 'Pacific/Kiritimati'];
const start = Date.parse('2024-01-15T00:00:00Z');
const quarter = 900_000;

// Gaps around the lengths that are kept, to the microsecond's neighbour, and long ones.
const gap = fc.oneof(
  fc
    .record({
      hours: fc.constantFrom(0, 1, 23, 24, 25, 168, 696, 720, 743, 744),
      off: fc.constantFrom(0, 1, -1, quarter, -quarter),
    })
    .map(({ hours, off }) => Math.max(0, hours * 3_600_000 + off)),
  fc.integer({ min: 0, max: 60 * 86_400_000 }),
);
const entries = fc.array(
  fc.record({ gap, amount: fc.integer({ min: 1, max: 9 }), isRefund: fc.boolean(), isHigh: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
);
const dayOf = (days: number) => new Date(start + days * 86_400_000).toISOString().slice(0, 10);
const question = fc
  .record({
    unit: fc.constantFrom<UsageUnit>('hour', 'day', 'week', 'month'),
    timeZone: fc.constantFrom(...zones),
    weekStartsOn: fc.integer({ min: 1, max: 7 }),
    first: fc.integer({ min: -40, max: 400 }),
    days: fc.integer({ min: 0, max: 700 }),
    quarters: fc.integer({ min: 0, max: 95 }),
    areMoments: fc.boolean(),
    quality: fc.constantFrom(undefined, 'high'),
    limit: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ first, days, quarters, areMoments, ...asked }) => {
    const last = first + (asked.unit === 'hour' ? days % 40 : days);
    const moment = (day: number) => new Date(start + day * 86_400_000 + quarters * quarter + (days % 2)).toISOString();
    const range = areMoments ? { from: moment(first), to: moment(last + 1) } : { from: dayOf(first), to: dayOf(last) };
    return { ...asked, ...range };
  });

interface Entry {
  userId: string;
  type: string;
  amount: number;
  quality: string;
  at: number;
}

test('top and active accounts are the ledger to the credit, in any zone, rolled up or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(entries, { minLength: 1, maxLength: 3 }),
      fc.array(question, { minLength: 4, maxLength: 4 }),
      fc.constantFrom('nothing', 'some', 'all', 'rebuild'),
      async (accounts, questions, roll) => {
        for (const list of accounts) {
          const { id } = await database.createAccount();
          const post = (at: number, type: 'adjustment' | 'charge' | 'refund', amount: number, quality = 'high') =>
            postToLedger(database.asOwner, id, { at: new Date(at).toISOString(), type, amount, quality });
          let at = start;
          await post(at, 'adjustment', 1_000);
          for (const entry of list) {
            at += entry.gap;
            const quality = entry.isHigh ? 'high' : 'draft';
            await post(at, 'charge', -entry.amount, quality);
            if (entry.isRefund) {
              await post(at, 'refund', entry.amount, quality);
            }
          }
        }
        if (roll === 'some') {
          await rollUpUsage(db, backend, { limit: 5 });
        } else if (roll !== 'nothing') {
          await rollUpUsage(db, backend);
        }
        if (roll === 'rebuild') {
          expect(await rebuildUsage(db, backend)).toMatchObject({ isSame: true });
        }
        const ledger = await database.asOwner.query<Entry>(
          `select user_id as "userId", type, amount, quality, (extract(epoch from created_at) * 1000)::float8 as at
          from credit_transactions where type <> 'adjustment'`,
        );
        for (const { limit, quality, ...asked } of questions) {
          const activity = await accountActivity(db, backend, asked);
          const within = (from: string, to: string) =>
            ledger.filter(({ at }) => at >= Date.parse(from) && at < Date.parse(to));
          expect(activity.buckets.map(({ startsAt, activeAccounts }) => [startsAt, activeAccounts])).toEqual(
            activity.buckets.map(({ startsAt, endsAt }) => [
              startsAt,
              new Set(
                within(startsAt, endsAt)
                  .filter(({ type }) => type === 'charge')
                  .map(({ userId }) => userId),
              ).size,
            ]),
          );
          expect(await topAccounts(db, backend, { ...asked, limit, filter: { quality } })).toEqual(
            topOf(
              within(activity.from, activity.to).filter((entry) => quality === undefined || entry.quality === quality),
              limit,
            ),
          );
        }
      },
    ),
    { numRuns: 30 },
  );
  const { kept } = (
    await database.asOwner.query<{ kept: number }>(
      `select count(distinct hours)::integer as kept from usage.active_accounts`,
    )
  )[0]!;
  expect(kept).toBeGreaterThan(8);
}, 120_000);

function topOf(list: readonly Entry[], limit: number) {
  const accounts = new Map<
    string,
    { creditsUsed: number; creditsRefunded: number; charges: number; refunds: number }
  >();
  for (const { userId, type, amount } of list) {
    const sums = accounts.get(userId) ?? { creditsUsed: 0, creditsRefunded: 0, charges: 0, refunds: 0 };
    sums.creditsUsed -= type === 'charge' ? amount : 0;
    sums.creditsRefunded += type === 'refund' ? amount : 0;
    sums.charges += type === 'charge' ? 1 : 0;
    sums.refunds += type === 'refund' ? 1 : 0;
    accounts.set(userId, sums);
  }
  return [...accounts]
    .map(([userId, sums]) => ({ userId, ...sums }))
    .toSorted((a, b) => b.creditsUsed - a.creditsUsed || (a.userId < b.userId ? -1 : 1))
    .slice(0, limit);
}

test('a charge that is slow to commit makes its account active once', async () => {
  const account = await database.createAccount();
  const post = (caller: typeof database.asOwner, at: string, amount: number) =>
    postToLedger(caller, account.id, { at, type: amount > 0 ? 'adjustment' : 'charge', amount });
  const day = { from: '2027-05-01', to: '2027-05-02', timeZone: 'UTC', unit: 'day' as const };
  const active = async () =>
    (await accountActivity(db, backend, day)).buckets.map(({ activeAccounts }) => activeAccounts);
  await post(database.asOwner, '2027-05-01T00:00:00Z', 100);
  // Its number is the lowest, its entry the last: it waits for the other one, which the roll-up does not take yet.
  const slow = await database.asOwner.begin();
  await slow.query('select pg_current_xact_id()');
  await post(database.asOwner, '2027-05-01T10:00:00Z', -1);
  await rollUpUsage(db, backend);
  expect(await active()).toEqual([1, 0]);
  await postToLedger(slow, account.id, { at: '2027-05-01T11:00:00Z', type: 'charge', amount: -2 });
  await rollUpUsage(db, backend);
  await slow.commit();
  expect(await active()).toEqual([1, 0]);
  await rollUpUsage(db, backend, { limit: 1 });
  expect(await active()).toEqual([1, 0]);
  await expect
    .poll(async () => {
      await rollUpUsage(db, backend);
      return (await usageLag(db, backend)).rows;
    })
    .toBe(0);
  expect(await active()).toEqual([1, 0]);
  expect(await rebuildUsage(db, backend)).toMatchObject({ isSame: true });
});

test('sums that were tampered with are found out and made right', async () => {
  for (const change of [
    'update usage.account_sums set credits_out = credits_out + 1 where ctid = (select min(ctid) from usage.account_sums)',
    'delete from usage.active_accounts where ctid = (select min(ctid) from usage.active_accounts)',
  ]) {
    await database.asOwner.query(change);
    expect(await rebuildUsage(db, backend)).toMatchObject({ isSame: false });
    expect(await rebuildUsage(db, backend)).toMatchObject({ isSame: true });
  }
});

test('a rebuild is the same also when a transaction that held rows back ends meanwhile', async () => {
  await rebuildUsage(db, backend);
  const account = await database.createAccount();
  const slow = await database.asOwner.begin();
  await slow.query('select pg_current_xact_id()');
  await slow.query('select from usage.watermark for update');
  await postToLedger(database.asOwner, account.id, { at: '2027-06-01T10:00:00Z', type: 'adjustment', amount: 7 });
  const rebuilt = rebuildUsage(db, backend);
  await expect
    .poll(() =>
      database.asSuperuser.query('select from pg_stat_activity where $1 = any (pg_blocking_pids(pid))', [slow.pid]),
    )
    .toHaveLength(1);
  await slow.commit();
  expect(await rebuilt).toMatchObject({ isSame: true });
});

test.each(['usage.account_sums', 'usage.active_accounts'])('nobody but staff reads %s', async (table) => {
  const user = await database.createAccount();
  for (const caller of [database.asUser(user.id), database.asAnon]) {
    await expect(caller.query(`select from ${table}`)).rejects.toMatchObject({ code: '42501' });
  }
  await expect(database.asBackend.query(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
});
